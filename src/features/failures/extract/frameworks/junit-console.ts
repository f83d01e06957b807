import type { Line } from "../line.ts";
import { messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

/** Ant's junit task and JUnit's console launcher, which Ant runs as well. */
class AntTracker extends Tracker {
  suite: string | undefined;
}

const bare = (text: string): string => text.replace(/^\s*\[junit(?:launcher)?\] ?/, "");

const failing = (tracker: AntTracker, test: string, line: Line): void => {
  const draft = tracker.sink.fail({ test, suite: tracker.suite, line: line.number });
  tracker.read(
    30,
    (text) => /^(?:Testcase: |Testsuite: |Test )/.test(bare(text)),
    (lines) => {
      const texts = lines.map(bare);
      const end = texts.findIndex((text) => /^\s+at /.test(text));
      draft.message = messageOf(texts.slice(0, end < 0 ? 8 : Math.min(end, 8)));
    },
  );
};

const rules: readonly Rule<AntTracker>[] = [
  {
    id: "suite",
    needles: ["Testsuite: "],
    pattern: /^(?:\s*\[junit\w*\] )?Testsuite: (\S+)/,
    example:
      "    [junit] Testsuite: com.acme.StoreTest\n    [junit] Testcase: testGet took 0.1 sec\n    [junit] \tFAILED\n    [junit] expected 1\n",
    test: "testGet",
    run(match, _line, tracker) {
      tracker.suite = match[1];
    },
  },
  {
    id: "case",
    needles: ["\tFAILED", "\tCaused an ERROR"],
    pattern: /^(?:\s*\[junit\w*\] )?\t(?:FAILED|Caused an ERROR)$/,
    example:
      "Testcase: testGet took 1.429 sec\n\tCaused an ERROR\nnull\njava.lang.NullPointerException\n\tat com.acme.StoreTest.testGet(StoreTest.java:16)\n",
    test: "testGet",
    run(_match, line, tracker) {
      const test = /^Testcase: (\S+)/.exec(bare(line.before(1)))?.[1];
      if (test !== undefined) failing(tracker, test, line);
    },
  },
  {
    id: "method",
    needles: ["MethodSource [className"],
    pattern: /MethodSource \[className = '([^']+)', methodName = '([^']+)'/,
    example:
      "  JUnit Jupiter:StoreTest:get()\n    MethodSource [className = 'com.acme.StoreTest', methodName = 'get', methodParameterTypes = '']\n    => java.lang.RuntimeException: broken\n       com.acme.Store.get(Store.java:3)\n",
    test: "get",
    run(match, line, tracker) {
      const draft = tracker.sink.fail({ test: match[2] ?? "", suite: match[1], line: line.number });
      tracker.read(
        12,
        (text) => /MethodSource \[|JUnit \w+:/.test(text) || /^\s*[\w.$]+\([\w.]+:\d+\)$/.test(bare(text)),
        (lines) => {
          if (draft.message === "")
            draft.message = messageOf(
              lines.map((text) => bare(text).replace(/^\s*=> /, "")),
              8,
            );
        },
      );
    },
  },
];

export const junitConsole = defineFramework("junit", (sink) => new AntTracker(sink), rules);
