import type { Line } from "../line.ts";
import { ListTracker } from "../list-tracker.ts";
import { messageOf } from "../message.ts";
import { defineFramework, type Rule } from "../rule.ts";

class PhpunitTracker extends ListTracker {
  failing = false;

  protected item(line: Line): boolean {
    if (/^(?:FAILURES!|ERRORS!|Tests: \d+|OK,|WARNINGS!)/.test(line.text)) this.closeList();
    const match = /^\d+\) (?:([\w\\]+)::)?(\S.*)$/.exec(line.text);
    if (match?.[2] === undefined || !this.failing) return match !== null;
    const [, suite, test] = match;
    if (suite === undefined && !test.endsWith(".phpt")) return true;
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
    id: "pest",
    needles: ["FAILED  Tests\\"],
    pattern: /^\s*FAILED {2}(Tests\\[\w\\]+) (?:>|›) (\S.*?)(?: {2,}.*)?$/,
    example: "   FAILED  Tests\\Unit\\StoreTest > it gets what was put",
    test: "it gets what was put",
    run: (match, line, tracker) =>
      void tracker.sink.fail({ test: match[2] ?? "", suite: match[1], line: line.number }),
  },
];

/** PHPUnit and Pest. */
export const phpunit = defineFramework("phpunit", (sink) => new PhpunitTracker(sink), rules);
