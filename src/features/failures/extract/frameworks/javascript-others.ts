import type { Line } from "../line.ts";
import { ListTracker } from "../list-tracker.ts";
import { messageOf } from "../message.ts";
import { defineFramework, type Rule } from "../rule.ts";

class JasmineTracker extends ListTracker {
  protected item(line: Line): boolean {
    if (
      /^(?:Ran \d+ of|\d+ specs?, |Executed \d+|Finished in|Pending:|Incomplete:|Suite error)/.test(line.text)
    )
      this.closeList();
    const name = /^\d+\) (\S.*)$/.exec(line.text)?.[1];
    if (name === undefined) return false;
    this.read(
      30,
      (text) => /^\d+\) \S|^\d+ specs?, /.test(text),
      (lines) => {
        if (!/^\s+(?:- |Message:)/.test(lines[0] ?? "")) return;
        const end = lines.findIndex((text) => /^\s+Stack:/.test(text));
        const said = lines.slice(/Message:/.test(lines[0] ?? "") ? 1 : 0, end < 0 ? 10 : end);
        this.sink.fail({ test: name, message: messageOf(said, 10), line: line.number });
      },
    );
    return true;
  }
}

const rules: readonly Rule<JasmineTracker>[] = [
  {
    id: "jasmine",
    needles: ["Failures:\n", "Failures:\r", "Failures: \n", "Failures:\u001b", "Failures:[0m"],
    pattern: /^Failures: ?$/,
    example:
      "Failures:\n1) store gets what was put\n  Message:\n    Expected 1 to be 2.\n  Stack:\n    Error: Expected 1 to be 2.\n\n3 specs, 1 failure\n",
    test: "store gets what was put",
    run: (_match, _line, tracker) => tracker.openList(),
  },
  {
    id: "jasmine-spec",
    needles: ["    Failures    "],
    pattern: /^\* +Failures +\*$/,
    example:
      "**************************************************\n*                    Failures                    *\n**************************************************\n\n1) store gets what was put\n  - Expected 2 to be 3.\n\nExecuted 2 of 2 specs (1 FAILED) in 0.012 sec.\n",
    test: "store gets what was put",
    run: (_match, _line, tracker) => tracker.openList(),
  },
  {
    id: "karma",
    needles: [" FAILED"],
    pattern: /^\s*[A-Z][\w -]{1,40} \d[\d.]* \([^)]+\)(?: \([^)]*\))?:? (\S.*) FAILED$/,
    example:
      "Chrome Headless 98.0.4758.102 (Linux x86_64) store gets what was put FAILED\n\tExpected 1 to be 2.\n\t    at Context.<anonymous> (test/store.js:5:10)\n",
    test: "store gets what was put",
    run(match, line, tracker) {
      const name = match[1] ?? "";
      if (/^Executed \d+/.test(name)) return;
      tracker.read(
        20,
        (text) => !/^\s/.test(text) || /^\s+at /.test(text),
        (lines) => {
          tracker.sink.fail({ test: name, message: messageOf(lines, 8), line: line.number });
        },
      );
    },
  },
  {
    id: "deno",
    needles: ["... FAILED ("],
    pattern: /^\s*(\S.*?) \.\.\. FAILED \([\d.]+m?s\)$/,
    example: "gets what was put ... FAILED (5ms)",
    test: "gets what was put",
    run(match, line, tracker) {
      if (!/^test /.test(line.text)) tracker.sink.fail({ test: match[1] ?? "", line: line.number });
    },
  },
  {
    id: "deno-error",
    needles: ["=> ./", "=> file:///", "=> https://"],
    pattern: /^(\S.*?) => (?:\.\/|file:\/\/|https:\/\/)(\S+?):\d+:\d+$/,
    example:
      "when empty ... throws => ./store.test.ts:4:11\nerror: TypeError: no such key\n  await t.step();\n    at file:///x/store.test.ts:4:40\n",
    test: "throws",
    run(match, line, tracker) {
      const parts = (match[1] ?? "").split(" ... ");
      const test = parts.pop() ?? "";
      const suite = parts.length > 0 ? parts.join(" ... ") : undefined;
      tracker.read(
        12,
        (text) => text === "" || /^\s+at /.test(text),
        (lines) => {
          if (!lines[0]?.startsWith("error: ")) return;
          const message = messageOf(lines, 8).slice("error: ".length);
          const draft = tracker.sink.fail({ test, suite, file: match[2], message, line: line.number });
          if (draft.message === "") draft.message = message;
        },
      );
    },
  },
  {
    id: "uvu",
    needles: ["FAIL ", "FAIL\u001b"],
    pattern: /^\s*FAIL\s+(\S.*?)\s+"(\S.*)"$/,
    example:
      '   FAIL  store  "gets what was put"\n    Expected values to be strictly equal:  (is)\n\n        ++3\n        --2\n\n    at x\n',
    test: "gets what was put",
    run(match, line, tracker) {
      const draft = tracker.sink.fail({ test: match[2] ?? "", suite: match[1], line: line.number });
      tracker.read(
        16,
        (text) => /^\s+at /.test(text),
        (lines) => {
          if (draft.message === "") draft.message = messageOf(lines, 10);
        },
      );
    },
  },
  {
    id: "wdio",
    needles: [" ✖ "],
    pattern: /^\[.* #\d+-\d+\]\s+✖ (\S.*)$/,
    example: "[chrome 98.0 linux #0-0]    ✖ gets what was put",
    test: "gets what was put",
    run: (match, line, tracker) => void tracker.sink.fail({ test: match[1] ?? "", line: line.number }),
  },
];

/** Jasmine, Karma, Deno, uvu and WebdriverIO. */
export const javascriptOthers = defineFramework("javascript", (sink) => new JasmineTracker(sink), rules);
