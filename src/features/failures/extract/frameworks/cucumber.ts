import type { Line } from "../line.ts";
import { ListTracker } from "../list-tracker.ts";
import { above, messageOf } from "../message.ts";
import { defineFramework, type Rule } from "../rule.ts";

const LISTED =
  /^\s*(?:file:\/\/|classpath:)?(\S+\.feature):(\d+)(?: \(on line \d+\))?(?:\s+#)?(?:\s+(\S.*))?$/;
const STEPS = /^\s+Scenario(?: Outline)?: (\S.*?)\s+# (\S+\.feature):\d+$/;

/** The lists of failed scenarios that Cucumber's relatives end with. */
class CucumberTracker extends ListTracker {
  /** What failed steps said, by scenario. */
  readonly said = new Map<string, string>();

  protected item(line: Line): boolean {
    const steps = STEPS.exec(line.text);
    if (steps?.[1] !== undefined) {
      const draft = this.sink.fail({ test: steps[1], file: steps[2], line: line.number });
      this.read(
        12,
        (text) => text === "" || STEPS.test(text),
        (lines) => {
          const at = lines.findIndex((text) => /^\s+Error: /.test(text));
          if (draft.message === "" && at >= 0) draft.message = messageOf(lines.slice(at), 6);
        },
      );
      return true;
    }
    const match = LISTED.exec(line.text);
    if (match === null) {
      if (/^\S/.test(line.text) && !/^\d+\) |^---/.test(line.text)) this.closeList();
      return false;
    }
    const [, file = "", place = "", name] = match;
    const test = name?.replace(/^Scenario(?: Outline)?: /, "").replace(/ # .*$/, "") ?? `${file}:${place}`;
    this.sink.fail({ test, file, message: this.said.get(test), line: line.number });
    return true;
  }
}

const rules: readonly Rule<CucumberTracker>[] = [
  {
    id: "numbered",
    needles: [") Scenario: ", ") Scenario Outline: "],
    pattern: /^\d+\) Scenario(?: Outline)?: (\S.*?) (?:\((attempt \d+)(, retried)?\) )?# (\S+\.feature):\d+$/,
    example:
      "Failures:\n\n1) Scenario: getting what was put # features/store.feature:7\n   ✔ Given a store # features/steps.js:3\n   ✖ Then it has 3 things # features/steps.js:4\n       AssertionError: 1 != 3\n           at World.<anonymous> (features/steps.js:4:47)\n",
    test: "getting what was put",
    run(match, line, tracker) {
      const [, test = "", , retried, file] = match;
      const draft = tracker.sink.fail({ test, file, line: line.number });
      if (retried === undefined) draft.retriedOk = false;
      else if (draft.line === line.number) draft.retriedOk = true;
      tracker.read(
        24,
        (text) => /^\d+\) Scenario|^\d+ scenarios?/.test(text),
        (lines) => {
          const at = lines.findIndex((text) => /^\s+[✖×?] /.test(text));
          const end = lines.findIndex((text, index) => index > at && /^\s+at |^\s*$/.test(text));
          if (draft.message === "")
            draft.message = messageOf(lines.slice(at + 1, end < 0 ? undefined : Math.max(end, at + 2)), 8);
        },
      );
    },
  },
  {
    id: "cucumber",
    needles: ["cucumber "],
    pattern: /^(?:\S+ )?cucumber (?:-p \S+ )?(\S+\.feature):\d+ # (?:Scenario(?: Outline)?: )?(\S.*)$/,
    example: "cucumber features/store.feature:12 # Scenario: getting what was put",
    test: "getting what was put",
    run(match, line, tracker) {
      const test = match[2] ?? "";
      tracker.sink.fail({ test, file: match[1], message: tracker.said.get(test), line: line.number });
    },
  },
  {
    id: "list",
    needles: ["ailed scenarios:", "ailing scenarios:", "rrored scenarios:", "--- Failed steps:"],
    pattern: /^(?:--- )?(?:Failed|Failing|Errored) (?:scenarios|steps):$/,
    example: "Failing scenarios:\n  features/store.feature:7  getting what was put\n\n0 features passed\n",
    test: "getting what was put",
    run: (_match, _line, tracker) => tracker.openList(),
  },
  {
    id: "step",
    needles: ["Assertion Failed: ", "ASSERT FAILED: ", " (RuntimeError)", "ExpectationNotMetError)"],
    pattern: /^\s+(?:(?:Assertion Failed|ASSERT FAILED): (\S.*)|(\S.*) \((?:[\w:]*Error)\))$/,
    example:
      "  Scenario: putting  # features/store.feature:7\n    Then it has 3 things  # features/steps.py:7\n      Assertion Failed: 1 != 3\n\nFailing scenarios:\n  features/store.feature:7  putting\n",
    test: "putting",
    run(match, line, tracker) {
      const name = above(line, 60, () => false).findLast((text) => /^\s+Scenario(?: Outline)?: /.test(text));
      const scenario = /: (\S.*?)(?:\s+# \S+)?$/.exec(name ?? "")?.[1];
      if (scenario !== undefined && tracker.said.size < 1000)
        tracker.said.set(scenario, match[1] ?? match[2] ?? "");
    },
  },
];

/** Cucumber in its languages, behave, Behat and Godog. */
export const cucumber = defineFramework("cucumber", (sink) => new CucumberTracker(sink), rules);
