import type { Line } from "../line.ts";
import { above, messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

class BunTracker extends Tracker {
  file: string | undefined;
  /** Whether this log is bun's: the marks of its coloured output belong to others too. */
  seen = false;
}

const OUTCOME = /^(?:\((?:pass|fail|skip|todo)\)|[✓✗»✎]) |^\S+[._](?:test|spec)\.[cm]?[jt]sx?:$|^-{31}$/;
const THROWN = /^(?:error|[A-Z]\w*(?:Error|Exception))(?:: |$)/;

/** bun prints a code frame, the error and its stack above the name of the test. */
function errorAbove(line: Line): string {
  const lines = above(line, 80, (text) => OUTCOME.test(text));
  const at = lines.findLastIndex((text) => THROWN.test(text));
  if (at < 0) return "";
  const end = lines.findIndex((text, index) => index > at && /^\s+at |^::error/.test(text));
  return messageOf(lines.slice(at, end < 0 ? undefined : end));
}

/** `describe > test` in its parts; a `>` without blanks belongs to a name. */
function nameParts(name: string): { suite: string | undefined; test: string } {
  const at = name.lastIndexOf(" > ");
  return at < 0 ? { suite: undefined, test: name } : { suite: name.slice(0, at), test: name.slice(at + 3) };
}

const failed = (match: RegExpExecArray, line: Line, tracker: BunTracker): void => {
  const name = (match[1] ?? "").replace(/ \(attempt \d+\)$/, "");
  const draft = tracker.sink.fail({
    ...nameParts(name),
    file: tracker.file,
    line: line.number,
    message: errorAbove(line),
  });
  tracker.read(
    1,
    () => false,
    ([next = ""]) => {
      const timeout = /^\s+\^ (this test timed out after .*)$/.exec(next)?.[1];
      if (timeout === undefined) return;
      draft.kind = "timeout";
      if (draft.message === "") draft.message = timeout;
    },
  );
};

const rules: readonly Rule<BunTracker>[] = [
  {
    id: "start",
    needles: ["bun test "],
    pattern: /^bun test v\d/,
    example: "bun test v1.4.5 (a7733435)",
    test: null,
    run(_match, _line, tracker) {
      tracker.seen = true;
    },
  },
  {
    id: "file",
    needles: [
      "test.ts:",
      "test.js:",
      "test.tsx:",
      "spec.ts:",
      "spec.js:",
      "test.jsx:",
      "spec.tsx:",
      "test.mjs:",
    ],
    pattern: /^(?:::group::|##\[group\])?(\S+[._](?:test|spec)\.[cm]?[jt]sx?):$/,
    example: "src/a.test.ts:\n(fail) adds [0.10ms]",
    test: "adds",
    run(match, _line, tracker) {
      tracker.file = match[1];
    },
  },
  {
    id: "fail",
    needles: ["(fail) "],
    pattern: /^\(fail\) (\S.*?)(?: \[[\d.]+m?s\])?$/,
    example:
      "error: expect(received).toBe(expected)\n\nExpected: 2\nReceived: 1\n\n      at <anonymous> (/x/a.test.ts:2:41)\n(fail) math > adds [0.28ms]",
    test: "adds",
    run: failed,
  },
  {
    id: "fail-coloured",
    needles: ["✗\u001b[0m"],
    pattern: /^✗ (\S.*?)(?: \[[\d.]+m?s\])?$/,
    example:
      "bun test v1.4.5 (a7733435)\n\u001b[31m✗\u001b[0m \u001b[0mmath\u001b[2m > \u001b[0madds \u001b[2m[0.28ms]\u001b[0m",
    test: "adds",
    run(match, line, tracker) {
      if (tracker.seen) failed(match, line, tracker);
    },
  },
  {
    id: "pass",
    needles: ["(pass) "],
    pattern: /^\(pass\) (\S.*?)( \(attempt (\d+)\))?(?: \[[\d.]+m?s\])?$/,
    example: "error: first time\n      at <anonymous> (/x/a.test.ts:6:82)\n(pass) math > adds (attempt 2)",
    test: "adds",
    run(match, line, tracker) {
      tracker.sink.pass(match[1] ?? "", line.number);
      if (match[2] === undefined) return;
      const draft = tracker.sink.fail({
        ...nameParts(match[1] ?? ""),
        file: tracker.file,
        line: line.number,
        message: errorAbove(line),
      });
      draft.retriedOk = true;
    },
  },
  {
    id: "between-tests",
    needles: ["# Unhandled error between tests"],
    pattern: /^# (Unhandled error between tests)$/,
    example:
      "a.test.ts:\n\n# Unhandled error between tests\n-------------------------------\nerror: outside any test\n      at /x/a.test.ts:3:11\n-------------------------------",
    test: "(unhandled error between tests)",
    run(_match, line, tracker) {
      const draft = tracker.sink.fail({
        test: "(unhandled error between tests)",
        file: tracker.file,
        line: line.number,
        kind: "error",
      });
      tracker.read(
        80,
        (text, lines) => lines.length > 0 && /^-{31}$/.test(text),
        (lines) => {
          const at = lines.findIndex((text) => THROWN.test(text));
          const end = lines.findIndex((text, index) => index > at && /^\s+at /.test(text));
          if (draft.message === "")
            draft.message = messageOf(lines.slice(Math.max(0, at), end < 0 ? undefined : end));
        },
      );
    },
  },
];

/** bun's own test runner. */
export const bunTest = defineFramework("bun-test", (sink) => new BunTracker(sink), rules);
