import type { Line } from "../line.ts";
import { above, messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

/** Lines looked back over from a summary. */
const BACK = 2000;

class FurtherTracker extends Tracker {
  /** Reports a failure and takes what follows, up to `stop`, as its message. */
  failed(
    start: { test: string; suite?: string; file?: string },
    line: Line,
    stop: (text: string) => boolean,
  ) {
    const draft = this.sink.fail({ ...start, line: line.number });
    this.read(12, stop, (lines) => {
      if (draft.message === "") draft.message = messageOf(lines, 10);
    });
  }

  /** Failures that stand above their summary, each begun by a line that `name` knows. */
  lookBack(line: Line, begin: RegExp, name: RegExp): void {
    const lines = above(line, BACK, (text) => begin.test(text));
    let suite: string[] = [];
    lines.forEach((text, at) => {
      const heading = /^↓ (\S.*)$/.exec(text)?.[1];
      if (heading !== undefined) suite = lines[at - 1]?.startsWith("↓ ") ? [...suite, heading] : [heading];
      const test = name.exec(text)?.[1];
      if (test === undefined) return;
      const rest = lines.slice(at + 1);
      const end = rest.findIndex((each) => name.test(each) || /^(?:↓ |\s*\[\+\] )/.test(each));
      this.sink.fail({
        test,
        ...(suite.length > 0 ? { suite: suite.join(" > ") } : {}),
        message: messageOf(end < 0 ? rest : rest.slice(0, end), 10),
        line: line.number - (lines.length - at),
      });
    });
  }
}

const rules: readonly Rule<FurtherTracker>[] = [
  {
    id: "elm-test",
    needles: ["TEST RUN FAILED"],
    pattern: /^TEST RUN FAILED$/,
    example:
      "Running 3 tests. To reproduce these results, run: elm-test --fuzz 100 --seed 7\n\n↓ Barn\n✗ holds the hay\n\n    3\n    ╷\n    │ Expect.equal\n    ╵\n    2\n\n\nTEST RUN FAILED\n",
    test: "holds the hay",
    run: (_match, line, tracker) => tracker.lookBack(line, /^Running \d+ tests?\. /, /^✗ (\S.*)$/),
  },
  {
    id: "pester",
    needles: ["Tests Passed: ", "Inconclusive: "],
    pattern: /^(?:Tests )?Passed: \d+,? Failed: [1-9]/,
    example:
      "Starting discovery in 1 files.\n[+] opens the door 9ms (6ms|3ms)\n[-] holds the hay 12ms (10ms|2ms)\n Expected 3, but got 2.\nTests completed in 80ms\nTests Passed: 1, Failed: 1, Skipped: 0\n",
    test: "holds the hay",
    run: (_match, line, tracker) =>
      tracker.lookBack(
        line,
        /^(?:Starting discovery in |Executing all tests in |(?:Tests )?Passed: )/,
        /^\s*\[-\] (\S.*?) [\d.]+m?s(?: \([\d.]+m?s\|[\d.]+m?s\))?$/,
      ),
  },
  {
    id: "testcafe",
    needles: [" ✖ "],
    pattern: /^ ✖ (\S.*)$/,
    example:
      " Barn\n ✖ holds the hay\n\n   1) AssertionError: expected 2 to deeply equal 3\n\n 1/2 failed (2s)\n",
    test: "holds the hay",
    run: (match, line, tracker) =>
      tracker.read(
        6,
        (text) => /^ \S/.test(text),
        (lines) => {
          const first = lines.find((text) => text !== "");
          if (first === undefined || !/^\s{3}1\) /.test(first)) return;
          tracker.sink.fail({ test: match[1] ?? "", message: messageOf(lines, 6), line: line.number });
        },
      ),
  },
  {
    id: "crystal",
    needles: ["crystal spec "],
    pattern: /^crystal spec (\S+\.cr):\d+ # (\S.*)$/,
    example: "Failed examples:\n\ncrystal spec spec/barn_spec.cr:4 # Barn holds the hay\n",
    test: "Barn holds the hay",
    run(match, line, tracker) {
      const [, file, test = ""] = match;
      // its list of failures looks as RSpec's does
      if (tracker.sink.everyone.some((draft) => draft.test === test)) return;
      tracker.sink.fail({ test, file, line: line.number });
    },
  },
  {
    id: "buck2",
    needles: ["Fail: ", "Timeout: "],
    pattern: /^✗ (?:Fail|Timeout): (\S+)(?: - (\S.*?))? \([\d.]+m?s\)$/,
    example: "✗ Fail: root//barn:test - holds_the_hay (0.2s)\n",
    test: "holds_the_hay",
    run: (match, line, tracker) =>
      void tracker.sink.fail({ test: match[2] ?? match[1] ?? "", suite: match[1], line: line.number }),
  },
  {
    id: "buck",
    needles: ["FAILURE "],
    pattern: /^FAILURE ([a-z]\w*(?:\.[\w$]+)+) (\w+): (.*)$/,
    example: "FAILURE org.farm.BarnTest holdsTheHay: expected:<3> but was:<2>\n",
    test: "holdsTheHay",
    run(match, line, tracker) {
      const [, suite, test = "", message] = match;
      tracker.sink.fail({ test, suite, message, line: line.number });
    },
  },
  {
    id: "cunit",
    needles: ["...FAILED"],
    pattern: /^\s*Test: (\S.*?) ?\.\.\.FAILED$/,
    example: "Suite: barn\n  Test: holds the hay ...FAILED\n    1. barn.c:12  - CU_ASSERT_EQUAL(hay(),3)\n",
    test: "holds the hay",
    run: (match, line, tracker) =>
      tracker.failed({ test: match[1] ?? "" }, line, (text) => !/^\s+\d+\. /.test(text)),
  },
  {
    id: "unity",
    needles: [":FAIL: ", ":FAIL\n", ":FAIL\r"],
    pattern: /^(\S+\.(?:c|cc|cpp|ino)):\d+:(\w+):FAIL(?:: (.*))?$/,
    example: "test/test_barn.c:12:test_holds_the_hay:FAIL: Expected 3 Was 2\n",
    test: "test_holds_the_hay",
    run(match, line, tracker) {
      const [, file, test = "", message] = match;
      tracker.sink.fail({ test, file, message, line: line.number });
    },
  },
  {
    id: "shunit2",
    needles: ["ASSERT:"],
    pattern: /^ASSERT:(.*)$/,
    example:
      "testOpens\ntestHoldsTheHay\nASSERT:expected:<3> but was:<2>\n\nRan 2 tests.\n\nFAILED (failures=1)\n",
    test: "testHoldsTheHay",
    run(match, line, tracker) {
      const isName = (text: string) => /^_?test\w*$/.test(text);
      const between = above(line, 40, isName).length;
      const test = line.before(between + 1);
      if (isName(test)) tracker.sink.fail({ test, message: match[1], line: line.number });
    },
  },
  {
    id: "haskell-doctest",
    needles: ["### Failure in "],
    pattern: /^### Failure in (\S+?):(\d+): expression `(.*)'$/,
    example:
      "### Failure in src/Barn.hs:12: expression `hay barn'\nexpected: 3\n but got: 2\n\nExamples: 4\n",
    test: "hay barn",
    run: (match, line, tracker) =>
      tracker.failed({ test: match[3] ?? "", file: match[1] ?? "" }, line, (text) => text === ""),
  },
];

/** elm-test, Pester, TestCafe, Crystal, Buck, CUnit, Unity, shUnit2 and Haskell doctests. */
export const further = defineFramework("further", (sink) => new FurtherTracker(sink), rules);
