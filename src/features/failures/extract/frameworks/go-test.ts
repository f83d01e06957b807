import type { Line } from "../line.ts";
import { messageOf } from "../message.ts";
import { defineFramework, type Rule } from "../rule.ts";
import {
  evidenceOf,
  framesOf,
  leakSignature,
  panicEvidence,
  raceSignature,
  testsOnStack,
} from "./go-evidence.ts";
import { type Crash, GoTracker } from "./go-tracker.ts";

const ENDS_OUTPUT = /^\s*(?:--- |=== )|^(?:FAIL|PASS|ok {2}|panic: |exit status|coverage: )|^={18}$/;

/** The test that a block of testify names. */
const namedIn = (lines: readonly string[]): string | undefined => {
  const at = lines.findIndex((text) => text.includes("Test:"));
  return at < 0 ? undefined : /^\s*Test:\s+(\S.*)$/m.exec(lines.slice(at).join("\n"))?.[1];
};

const readEvidence = (tracker: GoTracker, first: string[], line: Line, test: string | undefined): void => {
  const indent = line.text.search(/\S/);
  tracker.read(
    60,
    (text, lines) =>
      ENDS_OUTPUT.test(text) ||
      (text.trim() !== "" && text.search(/\S/) <= indent && !/^\s+(?:Error|Test|Messages)/.test(text)) ||
      /^\s*Test:\s/.test(lines.at(-1) ?? ""),
    (lines) => {
      const all = [...first, ...lines];
      tracker.tell(namedIn(all) ?? test ?? tracker.failing?.test, () => evidenceOf(all, line.number));
    },
  );
};

const failed = (tracker: GoTracker, line: Line, test: string, packageName?: string): void => {
  tracker.close();
  const draft = tracker.fail(test, line, packageName);
  tracker.failing = draft;
  const indent = line.text.search(/\S/);
  tracker.read(
    80,
    // what stands no deeper than the verdict is the parent's
    (text) => ENDS_OUTPUT.test(text) || (text.trim() !== "" && text.search(/\S/) <= indent),
    (lines) => {
      tracker.tell(draft.test, () => evidenceOf(lines, line.number));
    },
  );
};

const rules: readonly Rule<GoTracker>[] = [
  {
    id: "run",
    needles: ["=== RUN", "=== NAME", "=== CONT"],
    pattern: /^\s*=== (RUN|NAME|CONT)\s+(\S.*)$/,
    example: "=== RUN   TestA/b",
    test: null,
    run(match, line, tracker) {
      tracker.close();
      tracker.failing = undefined;
      if (match[1] === "RUN") tracker.run(match[2] ?? "", line.number);
      else tracker.current = match[2];
    },
  },
  {
    id: "pass",
    needles: ["--- PASS: ", "--- SKIP: "],
    pattern: /--- (PASS|SKIP): (\S.*?) \(\d+(?:\.\d+)? ?s(?:econds)?\)/,
    example: "--- PASS: TestA (0.00s)",
    test: null,
    run(match, line, tracker) {
      tracker.failing = undefined;
      if (match[1] === "PASS") tracker.pass(match[2] ?? "", line.number);
      else tracker.skip(match[2] ?? "");
    },
  },
  {
    id: "fail",
    needles: ["--- FAIL: "],
    pattern: /^([^"'`>|#+]*?)--- FAIL: (\S.*?) \(\d+(?:\.\d+)? ?s(?:econds)?\)/,
    example: "--- FAIL: TestA (0.01s)\n    a_test.go:7: got 1, want 2",
    test: "TestA",
    run: (match, line, tracker) => failed(tracker, line, match[2] ?? ""),
  },
  {
    id: "gotestsum-fail",
    needles: ["=== FAIL: "],
    pattern: /^\s*=== FAIL: (?:(\S+) )?(\S.*?)(?: \(re-run \d+\))? \(\d+(?:\.\d+)? ?s\)/,
    example: "=== FAIL: pkg/store TestA/b (0.01s)\n    a_test.go:7: got 1, want 2",
    test: "TestA/b",
    run: (match, line, tracker) =>
      failed(tracker, line, match[2] ?? "", match[1] === "." ? undefined : match[1]),
  },
  {
    id: "gotestsum-line",
    needles: ["FAIL ", "PASS "],
    pattern:
      /^(FAIL|PASS) (?:((?:[\w.~-]+\/)*[\w-]+)\.)?((?:Test|Example|Fuzz)\S*?)(?: \(re-run \d+\))? \(\d+\.\d+s\)$/,
    example: "FAIL pkg/store.TestA (0.01s)",
    test: "TestA",
    run(match, line, tracker) {
      if (match[1] === "FAIL") tracker.fail(match[3] ?? "", line, match[2]);
      else tracker.pass(match[3] ?? "", line.number, match[2]);
    },
  },
  {
    id: "package",
    needles: ["FAIL\t", "ok  \t"],
    pattern: /^(?:FAIL|ok {2})\t(\S+)\t(?:\(?cached|\d+\.\d+s|\[)?/,
    example: "--- FAIL: TestA (0.01s)\nFAIL\texample.com/a\t0.012s",
    test: "TestA",
    run(match, _line, tracker) {
      tracker.close();
      tracker.packageEnds(match[1] ?? "");
    },
  },
  {
    id: "package-failed-to-build",
    needles: ["[build failed]", "[setup failed]"],
    pattern: /^FAIL\t(\S+)(?: \[\S+\])? \[(?:build|setup) failed\]/,
    example: "FAIL\texample.com/a [build failed]",
    test: null,
    run: (_match, line, tracker) => tracker.sink.infra("build", line),
  },
  {
    id: "harness-of-single-tests",
    needles: ["[FAIL]  "],
    pattern: /^\[FAIL\] {1,2}(\S+) ((?:Test|Example|Fuzz)\S*)/,
    example: "[FAIL]  example.com/a TestA",
    test: "TestA",
    run(match, line, tracker) {
      const [, packageName = "", test = ""] = match;
      const draft = tracker.fail(test, line, packageName);
      tracker.sink.anchor(draft);
      tracker.place(test, packageName);
    },
  },
  {
    id: "report",
    needles: ["_test.go:", "test panicked: ", "race detected during", "found unexpected goroutines:"],
    pattern: /^\s+[\w-]+\.go:\d+: ?(.*)$/,
    example: "=== RUN   TestA\n    a_test.go:7: got 1, want 2\n--- FAIL: TestA (0.00s)",
    test: "TestA",
    run(_match, line, tracker) {
      if (!tracker.reading) readEvidence(tracker, [line.text], line, tracker.current);
    },
  },
  {
    id: "testify",
    needles: ["Error Trace:"],
    pattern: /^\s*Error Trace:/,
    example:
      "=== RUN   TestA\n    a_test.go:7:\n        \tError Trace:\t/x/a_test.go:7\n        \tError:      \tNot equal\n        \tTest:       \tTestA",
    test: "TestA",
    run(_match, line, tracker) {
      if (!tracker.reading) readEvidence(tracker, [line.text], line, tracker.current);
    },
  },
  {
    id: "panic",
    needles: ["panic: ", "fatal error: "],
    pattern: /^(?:\s*|.*\S\s)?(?:panic|fatal error): (\S.*)$/,
    example:
      "--- FAIL: TestA (0.00s)\npanic: boom\n\ngoroutine 7 [running]:\nexample.com/a.TestA(0x1)\n\t/x/a_test.go:7 +0x1",
    test: "TestA",
    run(_match, line, tracker) {
      if (!/^(?:panic|fatal error): /.test(line.text) || tracker.reading) return;
      readPanic(tracker, line);
    },
  },
  {
    id: "race",
    needles: ["WARNING: DATA RACE"],
    pattern: /WARNING: DATA RACE$/,
    example:
      "WARNING: DATA RACE\nWrite at 0x00c000 by goroutine 8:\n  example.com/a.TestA.func1()\n      /x/a_test.go:9 +0x1\n==================",
    test: "TestA",
    run(_match, line, tracker) {
      const running = tracker.running();
      tracker.read(
        120,
        (text) => /^={18}$|^\s*--- |^=== /.test(text),
        (lines) => {
          const message = messageOf(["WARNING: DATA RACE", ...lines], 24);
          const evidence = {
            line: line.number,
            message,
            signature: raceSignature(lines),
            kind: "race" as const,
            assertion: false,
          };
          tracker.raced({ evidence, culprits: testsOnStack(framesOf(lines)), running, hung: [] });
        },
      );
    },
  },
  {
    id: "goleak",
    needles: ["goleak: Errors on successful test run"],
    pattern: /goleak: Errors on successful test run/,
    example:
      "goleak: Errors on successful test run: found unexpected goroutines:\n[Goroutine 35 in state chan send, with example.com/a.(*T).run.func1 on top of the stack:\nFAIL\texample.com/a\t1.2s",
    test: "TestMain",
    run(_match, line, tracker) {
      tracker.close();
      const draft = tracker.fail("TestMain", line);
      tracker.read(
        60,
        (text) => /^FAIL|^\s*---|^\]/.test(text),
        (lines) => {
          draft.kind = "leak";
          draft.message = messageOf([line.text, ...lines], 16);
          draft.signature = leakSignature(lines);
        },
      );
    },
  },
];

/** Tests on a stack; a hung run may show them only in the trace of an assertion. */
function culpritsOf(lines: readonly string[], timeout: boolean): Crash["culprits"] {
  const found = testsOnStack(framesOf(lines));
  if (found.length > 0 || !timeout) return found;
  return testsOnStack(lines.map((text) => text.trim()).filter((text) => /^[\w./~-]+\.Test\w+$/.test(text)));
}

function readPanic(tracker: GoTracker, line: Line): void {
  const running = tracker.running();
  const timeout = / test timed out after /.test(line.text);
  tracker.read(
    timeout ? 2000 : 200,
    (text) => /^(?:FAIL|ok {2})\s|^exit status|^\s*--- |^=== |^\[(?:FAIL|PASS)\]/.test(text),
    (lines) => {
      const all = [line.text, ...lines];
      const second = lines.findIndex(
        (text, at) =>
          at > 4 && text === "" && lines.slice(0, at).some((one) => /^\s/.test(one) && /\.go:/.test(one)),
      );
      const own = timeout || second < 0 ? all : all.slice(0, second + 1);
      const hung = timeout
        ? lines.map((text) => /^\t{2}(\S.*?) \(\d.*s\)$/.exec(text)?.[1]).filter((name) => name !== undefined)
        : [];
      if (!timeout && !lines.some((text) => /^goroutine \d+ |\[signal /.test(text)) && running.length === 0)
        return;
      tracker.crashed({
        evidence: panicEvidence(own, line.number),
        culprits: culpritsOf(own, timeout),
        running,
        hung,
      });
    },
  );
}

/** Go's own test runner, bare or under gotestsum, pd-ut or another harness. */
export const goTest = defineFramework("go-test", (sink) => new GoTracker(sink), rules);
