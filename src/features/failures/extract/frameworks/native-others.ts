import type { Line } from "../line.ts";
import { ListTracker } from "../list-tracker.ts";
import { above, messageOf } from "../message.ts";
import { defineFramework, type Rule } from "../rule.ts";

/** Check lists its results under a percentage, `file:line:F:case:test:run: message`. */
class NativeTracker extends ListTracker {
  protected item(line: Line): boolean {
    const match = /^(\S+?):\d+:([PFE]):([^:]*):([^:]+):-?\d+: (.*)$/.exec(line.text);
    if (match === null) {
      this.closeList();
      return false;
    }
    const [, file, outcome, suite, test = "", message] = match;
    if (outcome !== "P") this.sink.fail({ test, suite, file, message, line: line.number });
    return true;
  }
}

const rules: readonly Rule<NativeTracker>[] = [
  {
    id: "doctest",
    needles: ["TEST CASE:  "],
    pattern: /^(?:\d+: )?TEST CASE: {2}(\S.*)$/,
    example:
      "store_test.cc:5:\nTEST CASE:  gets what was put\n  twice\n\nstore_test.cc:6: ERROR: CHECK( 1 + 1 == 3 ) is NOT correct!\n  values: CHECK( 2 == 3 )\n",
    test: "gets what was put",
    run(match, line, tracker) {
      tracker.read(
        40,
        (text) => /^(?:\d+: )?={70,}$/.test(text),
        (lines) => {
          const at = lines.findIndex((text) => /: (?:FATAL )?ERROR: /.test(text));
          if (at < 0) return;
          const own = lines.slice(at).map((text) => text.replace(/^\d+: /, ""));
          const file = /^(\S+?)(?::\d+|\(\d+\)): /.exec(own[0] ?? "")?.[1];
          const message = messageOf(own, 6).replace(/^\S+?(?::\d+|\(\d+\)): /, "");
          tracker.sink.fail({ test: match[1] ?? "", file, message, line: line.number });
        },
      );
    },
  },
  {
    id: "cpputest",
    needles: ["error: Failure in TEST("],
    pattern: /^(\S+?)(?::\d+|\(\d+\)): error: Failure in TEST\((\w+), (\w+)\)/,
    example:
      "store_test.cc:6: error: Failure in TEST(Store, Gets)\n\texpected <3 (0x3)>\n\tbut was  <2 (0x2)>\n\n",
    test: "Gets",
    run(match, line, tracker) {
      const [, file, suite, test = ""] = match;
      const draft = tracker.sink.fail({ test, suite, file, line: line.number });
      tracker.read(
        8,
        (text) => text === "",
        (lines) => {
          if (draft.message === "") draft.message = messageOf(lines, 8);
        },
      );
    },
  },
  {
    id: "cppunit",
    needles: [") test: "],
    pattern: /^\d+\) test: (?:(\S+)::)?(\S.*?) \(([FE])\)(?: line: \d+ (\S+))?$/,
    example:
      "1) test: StoreTest::gets (F) line: 12 store_test.cc\nequality assertion failed\n- Expected: 3\n",
    test: "gets",
    run(match, line, tracker) {
      const [, suite, test = "", outcome, file] = match;
      const kind = outcome === "E" ? "error" : "assert";
      const draft = tracker.sink.fail({ test, suite, file, kind, line: line.number });
      tracker.read(
        8,
        (text) => text === "",
        (lines) => {
          if (draft.message === "") draft.message = messageOf(lines, 8);
        },
      );
    },
  },
  {
    id: "check",
    needles: ["%: Checks: "],
    pattern: /^\d+%: Checks: \d+, Failures: \d+, Errors: \d+$/,
    example:
      "33%: Checks: 3, Failures: 1, Errors: 0\nstore_test.c:5:F:core:gets_it:0: Assertion '1 + 1 == 3' failed\n",
    test: "gets_it",
    run: (_match, _line, tracker) => tracker.openList(),
  },
  {
    id: "criterion",
    needles: ["[FAIL] ", "FAIL\u001b[0m] "],
    pattern: /^\[FAIL\] (\w+)::([\w/]+): (\(\d|CRASH|Timed out|Time)/,
    example: "[----] store_test.c:4: Assertion Failed\n[----]   sum\n[FAIL] store::gets: (0.00s)",
    test: "gets",
    run(match, line, tracker) {
      const told = above(line, 12, (text) => !text.startsWith("[----]")).map((text) =>
        text.replace(/^\[----\] ?/, ""),
      );
      const [, suite, test = "", how = ""] = match;
      const kind = how === "CRASH" ? "crash" : how.startsWith("Time") ? "timeout" : undefined;
      tracker.sink.fail({ test, suite, kind, message: messageOf(told, 8), line: line.number });
    },
  },
  {
    id: "zig",
    needles: ["' failed: "],
    pattern: /^error: '(?:[\w.]+\.)?test\.(\S.*)' failed: ?(.*)$/,
    example: "error: 'store.test.gets what was put' failed: expected 3, found 2",
    test: "gets what was put",
    run: (match, line, tracker) =>
      void tracker.sink.fail({ test: match[1] ?? "", message: match[2], line: line.number }),
  },
  {
    id: "zig-line",
    needles: ["... FAIL (", "...FAIL ("],
    pattern: /^(?:Test \[)?\d+\/\d+\]? (?:[\w.]+\.)?test\.(\S.*?)\.\.\. ?FAIL \((\w+)\)$/,
    example: "2/3 store.test.gets what was put... FAIL (TestExpectedEqual)",
    test: "gets what was put",
    run: (match, line, tracker) =>
      void tracker.sink.fail({ test: match[1] ?? "", message: match[2], line: line.number }),
  },
  {
    id: "zig-old",
    needles: ["FAIL (Test"],
    pattern: /^FAIL \((Test\w+)\)$/,
    example: "2/2 test.gets what was put... expected 3, found 2\nFAIL (TestExpectedEqual)",
    test: "gets what was put",
    run(match, line, tracker) {
      const NAME = /^(?:Test \[)?\d+\/\d+\]? (?:[\w.]+\.)?test\.(\S.*?)\.\.\. ?(.*)$/;
      const told = above(line, 20, (text) => NAME.test(text));
      const [, test, first = ""] = NAME.exec(line.before(told.length + 1)) ?? [];
      const message = messageOf([first, ...told, match[1] ?? ""], 8);
      if (test !== undefined) tracker.sink.fail({ test, message, line: line.number });
    },
  },
  {
    id: "unit-threaded",
    needles: [" failed.\n", " failed.\r"],
    pattern: /^Test ((?:\w+\.)+\w+) failed\.$/,
    example:
      "store.gets:\n    source/store.d:12 - Expected: 3\n    source/store.d:12 -      Got: 2\n\nTest store.gets failed.",
    test: "store.gets",
    run(match, line, tracker) {
      const told = above(line, 12, (text) => text === `${match[1]}:`);
      tracker.sink.fail({ test: match[1] ?? "", message: messageOf(told, 8), line: line.number });
    },
  },
  {
    id: "nim",
    needles: ["[FAILED] "],
    pattern: /^\s+\[FAILED\] (\S.*)$/,
    example:
      "[Suite] store\n    /x/tstore.nim(5, 13): Check failed: 1 + 1 == 3\n    1 + 1 was 2\n  [FAILED] gets what was put\n",
    test: "gets what was put",
    run(match, line, tracker) {
      const told = above(line, 12, (text) => /^\s*\[(?:OK|FAILED|SKIPPED|Suite)\] /.test(text));
      const at = told.findIndex((text) => /\.nim\(\d+(?:, \d+)?\)/.test(text));
      if (at < 0) return;
      const file = /^\s*(\S+\.nim)\(/.exec(told[at] ?? "")?.[1];
      const message = messageOf(told.slice(at), 8).replace(/^\S+\.nim\([\d, ]+\): /, "");
      tracker.sink.fail({ test: match[1] ?? "", file, message, line: line.number });
    },
  },
];

/** doctest, CppUTest, CppUnit, Check, Criterion, Zig and Nim. */
export const nativeOthers = defineFramework("native", (sink) => new NativeTracker(sink), rules);
