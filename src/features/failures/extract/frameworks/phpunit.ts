import type { Draft } from "../draft.ts";
import type { Line } from "../line.ts";
import { ListTracker } from "../list-tracker.ts";
import { above, messageOf } from "../message.ts";
import { defineFramework, type Rule } from "../rule.ts";

class PhpunitTracker extends ListTracker {
  failing = false;
  /** What `--testdox` told; left out where the list of failures tells it with its names. */
  readonly testdox: Draft[] = [];

  /** Names that Pest marked as failed when they ended. */
  readonly crosses: string[] = [];

  /** A name that was cut where the terminal ends, as it was told before. */
  whole(name: string): string {
    if (!name.endsWith("…")) return name;
    const known = this.crosses.filter((cross) => cross.startsWith(name.slice(0, -1)));
    return known.length === 1 ? (known[0] ?? name) : name;
  }

  /** What phpspec lists last, by its classes. */
  phpspec(line: Line): void {
    this.read(
      2000,
      (text) => /^(?:----|\d+ specs?$)/.test(text),
      (lines) => {
        let suite: string | undefined;
        lines.forEach((text, at) => {
          suite = /^\s{4,}(\S*\/\S+|\w+)$/.exec(text)?.[1] ?? suite;
          const test = /^\s+\d+\s+[-✘!] (\S.*)$/.exec(text)?.[1];
          if (test === undefined) return;
          const rest = lines.slice(at + 1, at + 9);
          const end = rest.indexOf("");
          const message = messageOf(rest.slice(0, end < 0 ? undefined : end), 8);
          this.sink.fail({ test, suite, message, line: line.number + at + 1 });
        });
      },
    );
  }

  override end(): void {
    super.end();
    if (this.sink.drafts.some((draft) => !this.testdox.includes(draft)))
      for (const draft of this.testdox) draft.dropped = true;
  }

  protected item(line: Line): boolean {
    if (/^(?:FAILURES!|ERRORS!|Tests: \d+|OK,|WARNINGS!)/.test(line.text)) this.closeList();
    const match = /^\d+\) (?:([\w\\]+)::)?(\S.*)$/.exec(line.text);
    if (match?.[2] === undefined || !this.failing) return match !== null;
    const [, suite, test] = match;
    if (suite === undefined && !test.endsWith(".phpt")) return this.codeception(line);
    this.read(
      40,
      (text) => /^\d+\) \S|^(?:FAILURES!|ERRORS!|--)$/.test(text),
      (lines) => {
        const end = lines.findIndex((text) => /^\/?\S+\.php:\d+$|^[A-Z]:\\.*\.php:\d+$/.test(text));
        this.sink.fail({
          test,
          suite,
          message: messageOf(lines.slice(0, end < 0 ? 16 : Math.min(end, 16))),
          line: line.number,
        });
      },
    );
    return true;
  }

  /** Codeception says the file and the method below a title of its own. */
  private codeception(line: Line): boolean {
    this.read(
      30,
      (text) => /^\d+\) \S|^(?:FAILURES!|ERRORS!|--)$/.test(text),
      (lines) => {
        const place = /^ ?Test {2}(\S+\.(?:php|feature)):(\S.*)$/.exec(lines[0] ?? "");
        if (place?.[2] === undefined) return;
        const from = lines.findIndex((text) => /^ (?:Step|Fail) /.test(text));
        const end = lines.findIndex((text, at) => at > from && /^\s*$|^Scenario Steps|^#\d/.test(text));
        const message = messageOf(lines.slice(Math.max(1, from), end < 0 ? undefined : end), 8);
        this.sink.fail({ test: place[2], file: place[1], message, line: line.number });
      },
    );
    return true;
  }
}

const rules: readonly Rule<PhpunitTracker>[] = [
  {
    id: "list",
    needles: ["There was 1 ", "There were "],
    pattern:
      /^There (?:was|were) \d+ (?:PHPUnit )?(failure|error|risky|skipped|incomplete|warning|deprecation|notice|test)/,
    example:
      "There was 1 failure:\n\n1) StoreTest::testGet with data set #1\nFailed asserting that false is true.\n\n/x/tests/StoreTest.php:12\n\nFAILURES!\n",
    test: "testGet with data set #1",
    run(match, _line, tracker) {
      tracker.openList();
      tracker.failing = match[1] === "failure" || match[1] === "error";
    },
  },
  {
    id: "testdox",
    needles: [" ✘ ", " ✘\u001b", "✘\u001b["],
    pattern: /^ ✘ (\S.*?)(?: +\[[\d.]+ ms\])?$/,
    example:
      "Store\n ✔ Puts\n ✘ Gets what was put\n   │\n   │ Failed asserting that 2 is identical to 3.\n   │\n",
    test: "Gets what was put",
    run(match, line, tracker) {
      const test = match[1] ?? "";
      const suite = above(line, 80, (text) => text === "").find((text) => /^\S/.test(text));
      tracker.read(
        20,
        (text) => !/^\s*[│┐├┴┊┘]/.test(text),
        (lines) => {
          const told = lines.map((text) => text.replace(/^\s*[│┐├┴┊┘] ?/, ""));
          const end = told.findIndex((text) => /\.php:\d+$/.test(text));
          if (lines.length === 0) return;
          const message = messageOf(told.slice(0, end < 0 ? 10 : end), 10);
          const draft = tracker.sink.fail({ test, suite, message, line: line.number });
          if (!tracker.testdox.includes(draft)) tracker.testdox.push(draft);
        },
      );
    },
  },
  {
    id: "pest",
    needles: ["FAILED  "],
    pattern: /^\s*FAILED {2}(?:P\\)?((?:[A-Z]\w*\\)+\w*Test) (?:>|›) (\S.*?)(?: {2,}.*)?$/,
    example:
      "   FAILED  Tests\\Unit\\StoreTest > it gets what was put\n  Failed asserting that 1 is identical to 2.\n\n  at tests/Unit/StoreTest.php:5\n",
    test: "it gets what was put",
    run(match, line, tracker) {
      const draft = tracker.sink.fail({
        test: tracker.whole(match[2] ?? ""),
        suite: match[1],
        line: line.number,
      });
      tracker.read(
        12,
        (text) => /^\s+at \S+:\d+|^\s*FAILED {2}/.test(text),
        (lines) => {
          if (draft.message === "") draft.message = messageOf(lines, 8);
        },
      );
    },
  },
  {
    id: "pest-cross",
    needles: ["  ⨯ "],
    pattern: /^\s+⨯ (\S.*?)(?: {2,}[\d.]+m?s)?$/,
    example: "  ⨯ it gets what was put                                                0.02s",
    test: null,
    run(match, _line, tracker) {
      if (tracker.crosses.length < 2000) tracker.crosses.push(match[1] ?? "");
    },
  },
  {
    id: "phpspec",
    needles: ["----  failed examples", "----  broken examples"],
    pattern: /^----\s+(?:failed|broken) examples$/,
    example:
      "----  failed examples\n\n        Acme/Store\n  12  - gets what was put\n      expected [integer:3], but got [integer:2].\n\n1 specs\n",
    test: "gets what was put",
    run: (_match, line, tracker) => tracker.phpspec(line),
  },
  {
    id: "pest-bullet",
    needles: ["  • "],
    pattern: /^\s*• (?:P\\)?((?:[A-Z]\w*\\)+\w*Test) (?:>|›|→) (\S.*?)$/,
    example:
      "  • Tests\\Unit\\StoreTest > it gets what was put\n   Failed asserting that 2 is identical to 3.\n",
    test: "it gets what was put",
    run(match, line, tracker) {
      const draft = tracker.sink.fail({ test: match[2] ?? "", suite: match[1], line: line.number });
      tracker.read(
        8,
        (text, lines) => lines.length > 0 && text === "",
        (lines) => {
          if (draft.message === "") draft.message = messageOf(lines, 6);
        },
      );
    },
  },
];

/** PHPUnit and Pest. */
export const phpunit = defineFramework("phpunit", (sink) => new PhpunitTracker(sink), rules);
