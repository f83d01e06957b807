import type { Line } from "../line.ts";
import { above, messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

const NAME = /^([A-Z][\w:]*)#(test_?.*?|\S.*?)(?: \[(.+?):\d+\])?:?$/;
/** Specs are described in any words; only their methods have a form. */
const SPEC_NAME = /^(\S.*?)#(test_\d{4}_.*?)(?: \[(.+?):\d+\])?:?$/;
const OLD_NAME = /^(test\S*?)\(([A-Z][\w:]*)\)(?: \[(.+?):\d+\])?:?$/;

/** A failure as minitest-reporters print them, with what stands below it. */
function reported(
  tracker: Tracker,
  line: Line,
  told: { test: string | undefined; suite: string | undefined; outcome: string | undefined },
): void {
  const kind = told.outcome === "ERROR" ? "error" : "assert";
  const draft = tracker.sink.fail({ test: told.test ?? "", suite: told.suite, kind, line: line.number });
  tracker.read(
    10,
    (text) => !/^\s{4,}\S/.test(text) || /^\s+\S+:\d+(?::in .*)?$/.test(text),
    (lines) => {
      if (draft.message === "") draft.message = messageOf(lines, 8);
    },
  );
}

const rules: readonly Rule<Tracker>[] = [
  {
    id: "failure",
    needles: ["Failure:", "Error:"],
    pattern: /^(?:\s*\d+\) )?(Failure|Error):$/,
    example: "  1) Failure:\nStoreTest#test_get [test/store_test.rb:9]:\nExpected: 1\n  Actual: 2\n",
    test: "test_get",
    run(match, line, tracker) {
      tracker.read(
        16,
        (text, lines) => lines.length > 1 && (text === "" || /^(?:bin\/)?rails test /.test(text)),
        (lines) => {
          const first = lines[0] ?? "";
          const named = NAME.exec(first) ?? SPEC_NAME.exec(first);
          const old = OLD_NAME.exec(first);
          const [test, suite, file] = named ? [named[2], named[1], named[3]] : [old?.[1], old?.[2], old?.[3]];
          if (test === undefined) return;
          const message = messageOf(
            lines.slice(1).filter((text) => !/^\s{4}\S+:\d+:in /.test(text)),
            12,
          );
          tracker.sink.fail({
            test,
            suite,
            file,
            message,
            line: line.number + 1,
            kind: match[1] === "Error" ? "error" : "assert",
          });
        },
      );
    },
  },
  {
    id: "test-unit",
    needles: ["Failure: test", "Error: test"],
    pattern: /^(Failure|Error): (test\S*?)\(([A-Z][\w:]*)\)(?:: ?(.*)|$)/,
    example: "Failure: test_get(StoreTest): <1> expected but was <2>.",
    test: "test_get",
    run(match, line, tracker) {
      const draft = tracker.sink.fail({
        test: match[2] ?? "",
        suite: match[3],
        message: match[4],
        line: line.number,
        kind: match[1] === "Error" ? "error" : "assert",
      });
      tracker.read(
        20,
        (text) => /^={70,}$/.test(text),
        (lines) => {
          const own = lines.filter((text) => !/^\s*(?:=> )?\d+: |^\S+\.rb:\d+:in /.test(text));
          if (draft.message === "") draft.message = messageOf(own, 8);
        },
      );
    },
  },
  {
    id: "reporters",
    needles: ['FAIL["test', 'ERROR["test'],
    pattern: /^\s*(FAIL|ERROR)\["(test[^"]*)", (?:#<\S+ @name=)?"?([A-Z][\w:]*)/,
    example: ' FAIL["test_get", StoreTest, 0.01]',
    test: "test_get",
    run(match, line, tracker) {
      tracker.sink.fail({
        test: match[2] ?? "",
        suite: match[3],
        line: line.number,
        kind: match[1] === "ERROR" ? "error" : "assert",
      });
    },
  },
  {
    id: "spec-reporter",
    needles: ["FAIL (", "ERROR ("],
    pattern: /^\s{2,}(test_\S.*?) {2,}(FAIL|ERROR) \([\d.]+s\)$/,
    example:
      "StoreTest\n  test_get                                    FAIL (0.02s)\n        Expected: 1\n          Actual: 2\n\n",
    test: "test_get",
    run(match, line, tracker) {
      const isSuite = (text: string) => /^[A-Z]/.test(text);
      const head = line.before(above(line, 400, isSuite).length + 1);
      reported(tracker, line, { test: match[1], suite: isSuite(head) ? head : undefined, outcome: match[2] });
    },
  },
  {
    id: "default-reporter",
    needles: [" FAIL ", " ERROR "],
    pattern: /^\s+(FAIL|ERROR) ([A-Z][\w:]*)#(test_\S.*?) \([\d.]+s\)$/,
    example: " FAIL StoreTest#test_get (0.02s)\n        Expected: 1\n          Actual: 2\n\n",
    test: "test_get",
    run: (match, line, tracker) =>
      reported(tracker, line, { test: match[3], suite: match[2], outcome: match[1] }),
  },
];

/** Minitest (also under Rails and with reporters) and test-unit. */
export const minitest = defineFramework("minitest", (sink) => new Tracker(sink), rules);
