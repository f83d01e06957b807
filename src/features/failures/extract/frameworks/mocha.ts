import type { Line } from "../line.ts";
import { ListTracker } from "../list-tracker.ts";
import { messageOf } from "../message.ts";
import { defineFramework, type Rule } from "../rule.ts";

class MochaTracker extends ListTracker {
  /** Cypress tells each attempt but the last; a test with its mark afterwards passed in the end. */
  readonly attempts = new Map<string, Line>();

  passed(name: string): void {
    const first = this.attempts.get(name);
    if (first === undefined) return;
    const draft = this.sink.fail({ test: name, message: first.text.trim(), line: first.number });
    draft.retriedOk = true;
    this.attempts.delete(name);
  }

  protected item(line: Line): boolean {
    const start = /^( *)\d+\) (\S.*)$/.exec(line.text);
    if (start === null) return false;
    const titles = [(start[2] ?? "").trim()];
    const indent = (start[1] ?? "").length + 4;
    if (titles[0]?.endsWith(":") && /hook|:$/.test(titles[0])) this.body(titles, line, []);
    else {
      let open = true;
      this.read(
        60,
        (text) => /^ *\d+\) \S/.test(text) && text.search(/\S/) < indent,
        (lines) => {
          let at = 0;
          for (; at < lines.length && open; at++) {
            const text = lines[at] ?? "";
            if (text.trim() === "" || text.search(/\S/) < indent) break;
            titles.push(text.trim());
            open = !text.trim().endsWith(":");
          }
          this.report(titles, line, lines.slice(at));
        },
      );
    }
    return true;
  }

  private body(titles: string[], line: Line, _lines: readonly string[]): void {
    this.read(
      40,
      (text) => /^ *\d+\) \S/.test(text),
      (lines) => this.report(titles, line, lines),
    );
  }

  private report(titles: readonly string[], line: Line, lines: readonly string[]): void {
    const names = [...titles];
    const test = (names.pop() ?? "").replace(/:$/, "");
    const end = lines.findIndex((text) => /^\s+at /.test(text));
    const message = messageOf(lines.slice(0, end < 0 ? 16 : Math.min(end, 16)));
    this.sink.fail({
      test,
      suite: names.length > 0 ? names.join(" ") : undefined,
      message,
      line: line.number,
    });
  }
}

const rules: readonly Rule<MochaTracker>[] = [
  {
    id: "list",
    needles: [" failing"],
    pattern: /^\s*(?:✖ )?\d+ (?:of \d+ tests? )?failing(?: \(.*\))?$/,
    example:
      "  1 passing (12ms)\n  1 failing\n\n  1) store\n       when empty\n         gets nothing:\n     AssertionError: expected 1 to equal 2\n      at Context.<anonymous> (test/store.js:5:10)\n",
    test: "gets nothing",
    run: (_match, _line, tracker) => tracker.openList(),
  },
  {
    id: "codecept",
    needles: ["-- FAILURES:"],
    pattern: /^-- FAILURES:$/,
    example:
      "-- FAILURES:\n\n  1) Store\n       gets what was put:\n     expected element to be visible\n\n      at Context.<anonymous> (store_test.js:5:10)\n",
    test: "gets what was put",
    run: (_match, _line, tracker) => tracker.openList(),
  },
  {
    id: "attempt",
    needles: ["(Attempt "],
    pattern: /^\s+\(Attempt \d+ of \d+\) (\S.*?)(?: \(\d+ms\))?$/,
    example: "    (Attempt 1 of 3) gets what was put\n    ✓ gets what was put (52ms)",
    test: "gets what was put",
    run(match, line, tracker) {
      const name = match[1] ?? "";
      tracker.sink.wake();
      if (tracker.attempts.size < 1000 && !tracker.attempts.has(name)) tracker.attempts.set(name, line);
    },
  },
  {
    id: "attempt-passed",
    idle: true,
    needles: ["    ✓ ", "    √ "],
    pattern: /^\s+[✓√] (\S.*?)(?: \(\d+ms\))?$/,
    example: "      ✓ gets what was put (52ms)",
    test: null,
    run: (match, _line, tracker) => tracker.passed(match[1] ?? ""),
  },
];

/** Mocha, Cypress and CodeceptJS. */
export const mocha = defineFramework("mocha", (sink) => new MochaTracker(sink), rules);
