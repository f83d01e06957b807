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
    needles: ["Failures:\n", "Failures:\r", "Failures: \n", "Failures:\u001b"],
    pattern: /^Failures: ?$/,
    example:
      "Failures:\n1) store gets what was put\n  Message:\n    Expected 1 to be 2.\n  Stack:\n    Error: Expected 1 to be 2.\n\n3 specs, 1 failure\n",
    test: "store gets what was put",
    run: (_match, _line, tracker) => tracker.openList(),
  },
  {
    id: "karma",
    needles: [" FAILED"],
    pattern:
      /^(?:[\w ]*(?:Chrome|Chromium|Firefox|Safari|PhantomJS|Edge|IE|Opera|Electron|jsdom|JSDOM|Headless)[\w ]*) [\d.]+ \([^)]+\)(?: \([^)]*\))?:? (\S.*) FAILED$/,
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
    id: "ava",
    needles: ["[fail]: "],
    pattern: /^\s*[✖✘×x] \[fail\]: (\S.*?)(?: \([\d.]+m?s\))?(?: .*Rejected promise.*)?$/,
    example: "  ✘ [fail]: store › gets what was put",
    test: "gets what was put",
    run(match, line, tracker) {
      const parts = (match[1] ?? "").split(" › ");
      const test = parts.pop() ?? "";
      tracker.sink.fail({ test, suite: parts.length > 0 ? parts.join(" › ") : undefined, line: line.number });
    },
  },
  {
    id: "deno",
    needles: ["... FAILED ("],
    pattern: /^(\S.*?) \.\.\. FAILED \([\d.]+m?s\)$/,
    example: "gets what was put ... FAILED (5ms)",
    test: "gets what was put",
    run(match, line, tracker) {
      if (!/^test /.test(line.text)) tracker.sink.fail({ test: match[1] ?? "", line: line.number });
    },
  },
];

/** Jasmine, Karma, AVA and Deno. */
export const javascriptOthers = defineFramework("javascript", (sink) => new JasmineTracker(sink), rules);
