import { above, messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

const rules: readonly Rule<Tracker>[] = [
  {
    id: "forge",
    needles: ["[FAIL. Reason", "[FAIL: ", "[FAIL] test"],
    pattern: /^\[FAIL(?:(?:\. Reason)?: (.*?))?\] (\w+\(.*?\)) \((?:gas|runs): /,
    example: "[FAIL: assertion failed: 2 != 3] testGets() (gas: 12345)",
    test: "testGets()",
    run: (match, line, tracker) =>
      void tracker.sink.fail({ test: match[2] ?? "", message: match[1], line: line.number }),
  },
  {
    id: "forge-invariant",
    needles: [" (runs: "],
    pattern: /^ (\w+\(.*?\)) \(runs: \d+, calls: \d+/,
    example:
      "[FAIL: sums differ]\n\t[Sequence] (original: 5, shrunk: 1)\n\t\tsender=0x1 calldata=put(uint256) args=[1]\n invariant_sum() (runs: 1, calls: 1, reverts: 0)\n",
    test: "invariant_sum()",
    run(match, line, tracker) {
      const told = above(line, 60, (text) => !/^\s/.test(text));
      const message = /^\[FAIL(?:(?:\. Reason)?: (.*?))?\]/.exec(line.before(told.length + 1))?.[1];
      tracker.sink.fail({ test: match[1] ?? "", message: message ?? told[0]?.trim(), line: line.number });
    },
  },
  {
    id: "move",
    needles: ["[ FAIL    ] ", "[ TIMEOUT ] "],
    pattern: /^\s*\[ (FAIL|TIMEOUT) +\] (?:(\S+)::)?(\w+)$/,
    example: "Running Move unit tests\n[ FAIL    ] 0x1::store_tests::gets",
    test: "gets",
    run(match, line, tracker) {
      const kind = match[1] === "TIMEOUT" ? "timeout" : undefined;
      tracker.sink.fail({ test: match[3] ?? "", suite: match[2], kind, line: line.number });
    },
  },
  {
    id: "move-block",
    needles: ["┌── "],
    pattern: /^\s*┌── (\w+) ─{6}$/,
    example:
      "[ FAIL    ] 0x1::store_tests::gets\n┌── gets ──────\n│ error[E11001]: test failure\n│ It aborted with code 3\n└──────────────────\n",
    test: "gets",
    run(match, _line, tracker) {
      tracker.read(
        30,
        (text) => !/^\s*│/.test(text),
        (lines) => {
          const draft = tracker.sink.drafts.find((one) => one.test === match[1] && one.message === "");
          if (draft !== undefined)
            draft.message = messageOf(
              lines.map((text) => text.replace(/^\s*│ ?/, "")),
              10,
            );
        },
      );
    },
  },
];

/** Tests of contracts: Foundry's and Move's. */
export const contracts = defineFramework("contracts", (sink) => new Tracker(sink), rules);
