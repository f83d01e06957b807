import { messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

const rules: readonly Rule<Tracker>[] = [
  {
    id: "failure",
    needles: ["FAIL "],
    pattern: /^\s*FAIL\s+(?:\|[^|]+\|\s+|[\w@/-]+\s+(?:\([^)]*\)\s+)?)?(\S+\.[cm]?[jt]sx?) > (\S.*)$/,
    example:
      " FAIL  test/store.test.ts > store > gets\nAssertionError: expected 1 to be 2 // Object.is equality\n\n- Expected\n+ Received\n\n ❯ test/store.test.ts:5:13\n",
    test: "gets",
    run(match, line, tracker) {
      const parts = (match[2] ?? "").split(" > ");
      const test = parts.pop() ?? "";
      const draft = tracker.sink.fail({
        test,
        suite: parts.length > 0 ? parts.join(" > ") : undefined,
        file: match[1],
        line: line.number,
      });
      tracker.read(
        40,
        (text) => /^ ?(?:❯ |⎯{3,})|^\s+\d+\|/.test(text),
        (lines) => {
          const own = lines.filter((text) => !/^\s*FAIL /.test(text));
          if (draft.message === "") draft.message = messageOf(own, 20);
        },
      );
    },
  },
  {
    id: "unread",
    needles: ["FAIL "],
    pattern: /^\s*FAIL\s+(?:\|[^|]+\|\s+|[\w@/-]+\s+(?:\([^)]*\)\s+)?)?(\S+\.[cm]?[jt]sx?) \[ \S+ \]$/,
    example:
      ' FAIL  test/store.test.ts [ test/store.test.ts ]\nError: Failed to resolve import "./none"\n ❯ at x:1:1\n',
    test: "test/store.test.ts",
    run(match, line, tracker) {
      const draft = tracker.sink.fail({
        test: match[1] ?? "",
        file: match[1],
        kind: "error",
        line: line.number,
      });
      tracker.read(
        12,
        (text) => /^ ?(?:❯ |⎯{3,})|^\s+\d+\|/.test(text),
        (lines) => {
          if (draft.message === "")
            draft.message = messageOf(
              lines.filter((text) => !/^\s*FAIL /.test(text)),
              8,
            );
        },
      );
    },
  },
  {
    id: "retried",
    needles: ["(retry x"],
    pattern: /^\s*[✓√] (\S.*?)(?: \d+ms)? \(retry x\d+\)(?: \d+ms)?$/,
    example: "   ✓ store > gets 5ms (retry x1)",
    test: "gets",
    run(match, line, tracker) {
      const parts = (match[1] ?? "").split(" > ");
      const test = parts.pop() ?? "";
      const draft = tracker.sink.fail({
        test,
        suite: parts.length > 0 ? parts.join(" > ") : undefined,
        line: line.number,
      });
      draft.retriedOk = true;
    },
  },
];

/** Vitest. */
export const vitest = defineFramework("vitest", (sink) => new Tracker(sink), rules);
