import type { Line } from "../line.ts";
import { ListTracker } from "../list-tracker.ts";
import { above, messageOf } from "../message.ts";
import { defineFramework, type Rule } from "../rule.ts";

const indentOf = (text: string): number => text.search(/\S/);

interface Candidate {
  readonly test: string;
  readonly suite: string | undefined;
  readonly line: number;
  message: string;
}

class ReporterTracker extends ListTracker {
  /** Lines with a cross, until Karma's count says that they are its reporter's. */
  crosses: Candidate[] = [];

  /** Whether such a list is being read, which tells what stands below its lines. */
  get listing(): boolean {
    return this.waiting;
  }

  /** A list of crosses by their suites, as two of Karma's and Tape's reporters end with. */
  protected item(line: Line): boolean {
    const test = /^\s+[✖×✗] (\S.*)$/.exec(line.text)?.[1];
    if (test === undefined) {
      if (/^\S/.test(line.text)) this.closeList();
      return false;
    }
    const draft = this.sink.fail({ test, suite: suiteOf(line), line: line.number });
    this.read(
      10,
      (text, lines) => /^\s+(?:[✖×✗] |at )|^\S/.test(text) || (text === "" && lines.length > 0),
      (lines) => {
        const own = lines.filter((text) => !/^\s+[A-Z][\w -]* [\d.]+ \(.*\)$/.test(text)); // browsers
        if (draft.message === "") draft.message = messageOf(own, 8);
      },
    );
    return true;
  }
}

/** The headings above a test, each further out than what is below it. */
function suiteOf(line: Line): string | undefined {
  const suites: string[] = [];
  let indent = indentOf(line.text);
  for (const text of above(line, 80, (each) => /^\S|^ {2}Failed Tests: /.test(each)).reverse()) {
    if (text.trim() === "" || indentOf(text) >= indent || /^\s*[✔✓✖✗×ℹ]/.test(text)) continue;
    indent = indentOf(text);
    suites.unshift(text.trim());
  }
  return suites.length > 0 ? suites.join(" > ") : undefined;
}

const rules: readonly Rule<ReporterTracker>[] = [
  {
    id: "list",
    needles: ["FAILED TESTS:", "Failed Tests: There "],
    pattern: /^(?:FAILED TESTS:| {2}Failed Tests: There (?:was|were) \d+ failures?)$/,
    example:
      "SUMMARY:\n✔ 1 test completed\n✖ 1 test failed\n\nFAILED TESTS:\n  Store\n    ✖ gets what was put\n      Chrome Headless 120.0.0.0 (Linux x86_64)\n    Expected 2 to be 3.\n",
    test: "gets what was put",
    run: (_match, _line, tracker) => tracker.openList(),
  },
  {
    id: "cross",
    needles: [" ✗ ", "✗\u001b[", "✗ \u001b["],
    pattern: /^\s+✗ (\S.*)$/,
    example:
      "  Store\n    ✓ puts\n    ✗ gets what was put\n\tExpected 2 to be 3.\n\nChrome 120.0 (Linux x86_64): Executed 2 of 2 (1 FAILED) (0.02 secs / 0.01 secs)\n",
    test: "gets what was put",
    run(match, line, tracker) {
      const cross = { test: match[1] ?? "", suite: suiteOf(line), line: line.number, message: "" };
      if (tracker.crosses.length < 2000) tracker.crosses.push(cross);
      tracker.read(
        8,
        (text) => !/^\s{2,}\S|^\t/.test(text) || /^\s+(?:[✓✗✔✖-] |at )/.test(text),
        (lines) => {
          cross.message = messageOf(lines, 6);
        },
      );
    },
  },
  {
    id: "count",
    needles: [" FAILED) (", " FAILED)\u001b["],
    pattern: /: Executed \d+ of \d+ .*\([1-9]\d* FAILED\) \(/,
    example: "Chrome 120.0 (Linux x86_64): Executed 2 of 2 (1 FAILED) (0.02 secs / 0.01 secs)",
    test: null,
    run(_match, _line, tracker) {
      tracker.close();
      for (const cross of tracker.crosses) tracker.sink.fail(cross);
      tracker.crosses = [];
    },
  },
  {
    id: "tap-spec",
    needles: ["   ✖ "],
    pattern: /^\s{4,}✖ (\S.*)$/,
    example:
      "  store\n\n    ✔ puts\n\n    ✖ gets what was put\n    --------------------\n      operator: equal\n      expected: 3\n      actual:   2\n      at: Test.<anonymous> (test.js:1:71)\n\n",
    test: "gets what was put",
    run(match, line, tracker) {
      if (tracker.listing) return;
      const suite = suiteOf(line);
      tracker.read(
        8,
        (text) => /^\s+at: |^\s*$/.test(text),
        (lines) => {
          if (!/^\s+-{10,}$/.test(lines[0] ?? "")) return;
          const message = messageOf(lines.slice(1), 6);
          tracker.sink.fail({ test: match[1] ?? "", suite, message, line: line.number });
        },
      );
    },
  },
  {
    id: "web-test-runner",
    needles: [" 𐄂 ", " ❌ "],
    pattern: /^\s+(?:𐄂|❌) (\S.*)$/,
    example:
      " ❌ Store > gets what was put\n      AssertionError: expected 2 to equal 3\n      + expected - actual\n\n      at: test/store.test.js:5:10\n",
    test: "gets what was put",
    run(match, line, tracker) {
      const parts = (match[1] ?? "").split(" > ");
      const test = parts.pop() ?? "";
      const suite = parts.length > 0 ? parts.join(" > ") : suiteOf(line);
      tracker.read(
        16,
        (text) => /^\s+(?:𐄂|❌) |^\S/.test(text),
        (lines) => {
          const end = lines.findIndex((text) => /^\s+at:? /.test(text));
          if (!/^\s+(?:\w*Error|error): /.test(lines[0] ?? "") || end < 0) return;
          tracker.sink.fail({ test, suite, message: messageOf(lines.slice(0, end), 8), line: line.number });
        },
      );
    },
  },
  {
    id: "japa",
    needles: ["ERRORS\n", "ERRORS\r", "ERRORS \u001b"],
    pattern: /^\s*ERRORS$/,
    example:
      "ERRORS\n\n❯ Store / gets what was put\n- Expected  - 1\n+ Received  + 1\n\nFAILED\n\nTests  1 passed, 1 failed (2)\n",
    test: "gets what was put",
    run(_match, line, tracker) {
      tracker.read(
        2000,
        (text) => /^\s*FAILED$/.test(text),
        (lines) =>
          lines.forEach((text, at) => {
            const parts = /^❯ (\S.*)$/.exec(text)?.[1]?.split(" / ") ?? [];
            const test = parts.pop();
            if (test === undefined || parts.length === 0) return;
            const message = messageOf(lines.slice(at + 1, at + 8), 6);
            tracker.sink.fail({ test, suite: parts.join(" > "), message, line: line.number + at + 1 });
          }),
      );
    },
  },
  {
    id: "nightwatch",
    needles: ["   ✖ "],
    pattern: /^ {3}✖ \d+\) (\S.*)$/,
    example:
      "  TEST FAILURE (12.3s):\n  - 1 assertions failed; 1 passed\n\n   ✖ 1) Store\n   – gets what was put (5.1s)\n   → ✖ NightwatchAssertError\n   Timed out while waiting for a door\n",
    test: "gets what was put",
    run(match, line, tracker) {
      tracker.read(
        60,
        (text) => /^ {3}✖ \d+\) |^\S/.test(text),
        (lines) =>
          lines.forEach((text, at) => {
            const test = /^ {3}– (\S.*?)(?: \([\d.]+m?s\))?$/.exec(text)?.[1];
            if (test === undefined) return;
            const message = messageOf(lines.slice(at + 1, at + 6), 5).replace(/^→ ✖ /, "");
            tracker.sink.fail({ test, suite: match[1], message, line: line.number + at + 1 });
          }),
      );
    },
  },
];

/** Reporters of Karma, Tape, Web Test Runner, Japa and Nightwatch. */
export const javascriptReporters = defineFramework("javascript", (sink) => new ReporterTracker(sink), rules);
