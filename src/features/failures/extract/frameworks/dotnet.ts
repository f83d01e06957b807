import type { Line } from "../line.ts";
import { messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

/** `Namespace.Class.Method(args)` in its parts; display names with blanks stay whole. */
function nameParts(name: string): { test: string; suite: string | undefined } {
  const match = /^((?:[A-Za-z_]\w*[.+])+)([A-Za-z_]\w*(?:<.*?>)?(?:\(.*\))?)$/.exec(name);
  return match?.[2] === undefined
    ? { test: name, suite: undefined }
    : { test: match[2], suite: (match[1] ?? "").slice(0, -1) };
}

const failed = (tracker: Tracker, name: string, line: Line): void => {
  const draft = tracker.sink.fail({ ...nameParts(name), line: line.number });
  tracker.read(
    30,
    (text) =>
      /\[FAIL\]$|^\s*(?:Failed|Passed|Skipped|X) \S|^\s*Stack ?Trace:|^\s*at |^\s*Finished:/i.test(text),
    (lines) => {
      const own = lines
        .filter((text) => !/^\s*Error Message:\s*$/.test(text))
        .map((text) => text.replace(/^\[xUnit\.net [\d:.]+\]/, ""));
      if (draft.message === "") draft.message = messageOf(own, 14);
    },
  );
};

class DotnetTracker extends Tracker {
  /** Lines of Microsoft's testing platform, until its summary says that they are its own. */
  told: { readonly name: string; readonly line: Line; message: string }[] = [];
}

const rules: readonly Rule<DotnetTracker>[] = [
  {
    id: "xunit",
    needles: ["[FAIL]"],
    // trial's progress ends alike, after dots, and Detox' notes do
    pattern: /^\s*(?!detox\[)(?:\[xUnit\.net [\d:.]+\]\s+)?(\S.*?)(?<!\.\.\. *) \[FAIL\]$/,
    example:
      "    Acme.Tests.StoreTests.Gets [FAIL]\n      Assert.Equal() Failure\n      Expected: 1\n      Actual:   2\n      Stack Trace:\n",
    test: "Gets",
    run: (match, line, tracker) => failed(tracker, match[1] ?? "", line),
  },
  {
    id: "vstest",
    needles: ["Failed "],
    pattern: /^\s*Failed (\S.*?) \[(?:< )?\d[\d.,]* ?(?:ms|s|m|h)[^\]]*\]$/,
    example:
      '  Failed Acme.Tests.StoreTests.Gets(key: "a") [12 ms]\n  Error Message:\n   Assert.Equal() Failure\n  Stack Trace:\n',
    test: 'Gets(key: "a")',
    run: (match, line, tracker) => failed(tracker, match[1] ?? "", line),
  },
  {
    id: "vstest-cross",
    needles: ["Error Message:"],
    pattern: /^\s*Error Message:/,
    example:
      "  X Acme.Tests.StoreTests.Gets [12ms]\n  Error Message:\n   Assert.Equal() Failure\n  Stack Trace:\n",
    test: "Gets",
    run(_match, line, tracker) {
      const name = /^\s*X (\S.*?) \[.*m?s\]$/.exec(line.before(1))?.[1];
      if (name !== undefined) failed(tracker, name, line);
    },
  },
  {
    id: "vstest-old",
    needles: ["Failed   "],
    pattern: /^Failed {3}(\S+)$/,
    example: "Failed   Acme.Tests.StoreTests.Gets\nError Message:\n Assert.AreEqual failed.\nStack Trace:\n",
    test: "Gets",
    run: (match, line, tracker) => failed(tracker, match[1] ?? "", line),
  },
  {
    id: "nunit",
    needles: [") Failed : ", ") Error : ", ") Test Failure : ", ") Test Error : "],
    pattern: /^\d+\) (?:Failed|Error|Test Failure|Test Error) : (\S.*)$/,
    example:
      "1) Failed : Acme.Tests.StoreTests.Gets\n  Expected: 1\n  But was:  2\nat Acme.Tests.StoreTests.Gets()\n",
    test: "Gets",
    run: (match, line, tracker) => failed(tracker, match[1] ?? "", line),
  },
  {
    id: "testing-platform",
    needles: ["failed "],
    pattern: /^failed (\S.*?) \((?:\d+m?s|(?:\d+m )?\d+s \d+ms)\)$/,
    example:
      "failed Gets (12ms)\n  Assert.AreEqual failed. Expected:<3>. Actual:<2>.\n    at Acme.Tests.StoreTests.Gets()\n\nTest run summary: Failed!\n",
    test: "Gets",
    run(match, line, tracker) {
      const told = { name: match[1] ?? "", line, message: "" };
      if (tracker.told.length < 2000) tracker.told.push(told);
      tracker.read(
        14,
        (text) => !/^\s{2,}\S/.test(text) || /^\s+at /.test(text),
        (lines) => {
          told.message = messageOf(lines);
        },
      );
    },
  },
  {
    id: "testing-platform-summary",
    needles: ["Test run summary: Failed!"],
    pattern: /^Test run summary: Failed!/,
    example: "Test run summary: Failed! - bin/Debug/net9.0/store.tests.dll (net9.0|x64)",
    test: null,
    run(_match, _line, tracker) {
      tracker.close();
      for (const { name, line, message } of tracker.told)
        tracker.sink.fail({ ...nameParts(name), message, line: line.number });
      tracker.told = [];
    },
  },
  {
    id: "expecto",
    needles: [" failed in 00:", " errored in 00:"],
    pattern: /^\[\d\d:\d\d:\d\d (?:ERR|FTL)\] (\S.*?) (?:failed|errored) in [\d:.]+\.?/,
    example:
      "[12:00:01 ERR] store.gets failed in 00:00:00.1040000. \nExpected 3, was 2.\n   at Store.gets()\n",
    test: "store.gets",
    run(match, line, tracker) {
      const draft = tracker.sink.fail({ test: match[1] ?? "", line: line.number });
      tracker.read(
        10,
        (text) => /^\s+at |^\[\d\d:/.test(text),
        (lines) => {
          if (draft.message === "") draft.message = messageOf(lines, 8);
        },
      );
    },
  },
];

/** xUnit.net, NUnit, MSTest, Expecto and `dotnet test`. */
export const dotnet = defineFramework("dotnet", (sink) => new DotnetTracker(sink), rules);
