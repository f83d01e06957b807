import type { Line } from "../line.ts";
import { ListTracker } from "../list-tracker.ts";
import { above, messageOf } from "../message.ts";
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

/** JUnit 4's own runner, which Bazel shows too, lists its failures by number. */
class Junit4Tracker extends ListTracker {
  protected item(line: Line): boolean {
    if (/^(?:FAILURES!!!|Tests run:)/.test(line.text)) this.closeList();
    const match = /^\d+\) ([\w$]+(?:\[.*\])?)\(([A-Za-z_$][\w.$]*)\)$/.exec(line.text);
    if (match?.[1] === undefined) return false;
    this.read(
      20,
      (text) => /^\s+at |^\d+\) |^FAILURES!!!/.test(text),
      (lines) => {
        const message = messageOf(lines, 8);
        this.sink.fail({ test: match[1] ?? "", suite: match[2], message, line: line.number });
      },
    );
    return true;
  }
}

const listRules: readonly Rule<Junit4Tracker>[] = [
  {
    id: "list",
    needles: ["There was 1 failure", "There were "],
    pattern: /^There (?:was|were) \d+ failures?:$/,
    example:
      "There was 1 failure:\n1) gets(com.acme.StoreTest)\njava.lang.AssertionError: expected:<3> but was:<2>\n\tat com.acme.StoreTest.gets(StoreTest.java:9)\n\nFAILURES!!!\n",
    test: "gets",
    run: (_match, _line, tracker) => tracker.openList(),
  },
  {
    id: "instrument",
    needles: ["INSTRUMENTATION_STATUS_CODE: -"],
    pattern: /^INSTRUMENTATION_STATUS_CODE: -[12]$/,
    example:
      "INSTRUMENTATION_STATUS: class=com.acme.StoreTest\nINSTRUMENTATION_STATUS: stack=java.lang.AssertionError: expected:<3> but was:<2>\n\tat com.acme.StoreTest.gets(StoreTest.java:9)\n\nINSTRUMENTATION_STATUS: test=gets\nINSTRUMENTATION_STATUS_CODE: -2\n",
    test: "gets",
    run(_match, line, tracker) {
      const told = above(line, 120, (text) => text.startsWith("INSTRUMENTATION_STATUS_CODE: "));
      const value = (key: string) => {
        const start = `INSTRUMENTATION_STATUS: ${key}=`;
        return told.find((text) => text.startsWith(start))?.slice(start.length);
      };
      const test = value("test");
      if (test !== undefined)
        tracker.sink.fail({ test, suite: value("class"), message: value("stack"), line: line.number });
    },
  },
  {
    id: "instrument-error",
    needles: ["Error in ", "Failure in "],
    pattern: /^(?:Error|Failure) in (\w+)\(([a-z]\w*(?:\.[\w$]+)+)\):$/,
    example:
      "com.acme.StoreTest:.\nError in gets(com.acme.StoreTest):\njava.lang.AssertionError: expected:<3> but was:<2>\n\tat com.acme.StoreTest.gets(StoreTest.java:9)\n",
    test: "gets",
    run(match, line, tracker) {
      const draft = tracker.sink.fail({ test: match[1] ?? "", suite: match[2], line: line.number });
      tracker.read(
        8,
        (text) => text === "" || /^\s+at /.test(text),
        (lines) => {
          if (draft.message === "") draft.message = messageOf(lines, 8);
        },
      );
    },
  },
  {
    id: "testng",
    needles: ["FAILED: "],
    pattern: /^(?:\s*\[testng\] )?FAILED: ((?:[\w$]+\.)*)([\w$]+(?:\(.*\))?)$/,
    example:
      "FAILED: gets\njava.lang.AssertionError: sum expected [3] but found [2]\n\tat com.acme.StoreTest.gets(StoreTest.java:9)\n",
    test: "gets",
    run(match, line, tracker) {
      const test = match[2] ?? "";
      const method = test.replace(/\(.*$/, "");
      tracker.read(
        20,
        (text) => /^(?:\s*\[testng\] )?(?:FAILED|PASSED|SKIPPED): |^\s*$/.test(text),
        (lines) => {
          const end = lines.findIndex((text) => /^(?:\s*\[testng\] )?\s*at [\w.$/@-]+\(/.test(text));
          if (end < 0) return;
          const owner = lines.map((text) => /at (?:\S+\/\/?)?([\w.$]+)\.(\w+)\(/.exec(text));
          const suite = match[1] ? match[1].slice(0, -1) : owner.find((frame) => frame?.[2] === method)?.[1];
          tracker.sink.fail({ test, suite, message: messageOf(lines.slice(0, end), 8), line: line.number });
        },
      );
    },
  },
];

/** JUnit 4's and TestNG's own runners, and Android's instrumentation. */
export const junit4 = defineFramework("junit", (sink) => new Junit4Tracker(sink), listRules);
