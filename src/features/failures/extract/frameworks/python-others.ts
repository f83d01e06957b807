import type { Line } from "../line.ts";
import { messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";
import { nameParts } from "./python-unittest.ts";

const STARS = /^\*{60,}$/;

class PythonTracker extends Tracker {
  told(
    start: { test: string; suite?: string | undefined; file?: string | undefined },
    line: Line,
    stop: RegExp,
  ): void {
    const draft = this.sink.fail({ ...start, line: line.number });
    this.read(
      40,
      (text) => stop.test(text),
      (lines) => {
        const thrown = lines.findLastIndex((text) => /^\s*[\w.]+(?:Error|Exception|Failure)\b/.test(text));
        if (draft.message === "") draft.message = messageOf(lines.slice(Math.max(0, thrown)), 8);
      },
    );
  }
}

const rules: readonly Rule<PythonTracker>[] = [
  {
    id: "doctest",
    needles: ["Failed example:"],
    pattern: /^Failed example:$/,
    example:
      '**********************************************************************\nFile "store.py", line 12, in store.get\nFailed example:\n    get()\nExpected:\n    3\nGot:\n    2\n**********************************************************************\n',
    test: "store.get",
    run(_match, line, tracker) {
      const place = /^File "([^"]+)", line \d+, in (\S+)$/.exec(line.before(1));
      // unittest and pytest put their own blocks around it
      if (place?.[2] === undefined || !STARS.test(line.before(2))) return;
      tracker.told({ test: place[2], file: place[1] }, line, STARS);
    },
  },
  {
    id: "zope",
    needles: ["Failure in test ", "Error in test "],
    pattern: /^(?:Failure|Error) in test (\w+ \((?!\S+\.(?:ya?ml|sql)\))[\w.]+\))$/,
    example:
      'Failure in test test_gets (acme.tests.StoreTests)\nTraceback (most recent call last):\n  File "/x/test_store.py", line 9, in test_gets\nAssertionError: 2 != 3\n\n',
    test: "test_gets",
    run: (match, line, tracker) => tracker.told(nameParts(match[1] ?? ""), line, /^$/),
  },
  {
    id: "green",
    needles: ["Failure in ", "Error in "],
    pattern: /^(?:Failure|Error) in ((?:\w+\.)+)(test\w*)$/,
    example:
      'Failure in acme.tests.StoreTests.test_gets\n  File "/x/test_store.py", line 9, in test_gets\n    self.assertEqual(2, 3)\nAssertionError: 2 != 3\n\nRan 2 tests in 0.1s\n',
    test: "test_gets",
    run: (match, line, tracker) =>
      tracker.told({ test: match[2] ?? "", suite: match[1]?.slice(0, -1) }, line, /^$/),
  },
  {
    id: "stestr-block",
    needles: [" tests - output below:"],
    pattern: /^Failed \d+ tests - output below:$/,
    example:
      "==============================\nFailed 1 tests - output below:\n==============================\n\nacme.tests.test_store.StoreTest.test_gets\n-----------------------------------------\n\nCaptured traceback:\n~~~~~~~~~~~~~~~~~~~\n    AssertionError: 2 != 3\n\n======\nTotals\n======\n",
    test: "test_gets",
    run: (_match, line, tracker) =>
      tracker.read(
        5000,
        (text) => text === "Totals",
        (lines) =>
          lines.forEach((text, at) => {
            const name = /^((?:\w+\.)+)(test\w*(?:\(.*\)|\[.*\])?)$/.exec(text);
            if (name?.[2] === undefined || !/^-{8,}$/.test(lines[at + 1] ?? "")) return;
            const rest = lines.slice(at + 2, at + 200);
            const end = rest.findIndex((each) => /^-{8,}$/.test(each));
            const thrown = rest
              .slice(0, end < 0 ? undefined : end)
              .findLast((each) => /^\s*[\w.]+(?:Error|Exception|Failure)\b/.test(each));
            tracker.sink.fail({
              test: name[2],
              suite: name[1]?.slice(0, -1),
              message: thrown?.trim(),
              line: line.number + at + 1,
            });
          }),
      ),
  },
  {
    id: "sage",
    needles: ["doctest failed", "doctests failed"],
    pattern: /^sage -t (?:.* )?(\S+\.\w+) {2}# \d+ doctests? failed$/,
    example: "sage -t --long src/sage/store.py  # 1 doctest failed",
    test: "src/sage/store.py",
    run(match, line, tracker) {
      const file = match[1] ?? "";
      if (!tracker.sink.drafts.some((draft) => draft.file === file))
        tracker.sink.fail({ test: file, file, line: line.number });
    },
  },
];

/** Doctests, zope.testrunner, green, what stestr prints last, and Sage. */
export const pythonOthers = defineFramework("unittest", (sink) => new PythonTracker(sink), rules);
