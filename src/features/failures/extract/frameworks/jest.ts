import { messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

class JestTracker extends Tracker {
  file: string | undefined;
}

const NOT_A_TEST =
  /^(?:Console$|Cannot log after tests|process\.exit called|Validation |Deprecation |Multiple configurations|A worker process has failed)/;

const rules: readonly Rule<JestTracker>[] = [
  {
    id: "file",
    needles: ["FAIL ", "PASS ", " FAIL\u001b", "FAIL\u001b[", "PASS\u001b["],
    pattern: /^\s*(?:FAIL|PASS)\s+(?:\S+\s+)??(\S+\.[cm]?[jt]sx?)(?: \([\d.]+ ?m?s\))?$/,
    example:
      "FAIL test/store.spec.js\n  ● store › gets\n\n    expect(received).toBe(expected)\n\n    Expected: 1\n    Received: 2\n",
    test: "gets",
    run(match, _line, tracker) {
      tracker.close();
      tracker.file = match[1];
    },
  },
  {
    id: "failure",
    needles: [" ● ", "m● "],
    pattern: /^\s*● (\S.*)$/,
    example: '  ● store › nested › gets (again)\n\n    thrown: "Exceeded timeout of 5000 ms for a test."\n',
    test: "gets (again)",
    run(match, line, tracker) {
      const name = match[1] ?? "";
      if (NOT_A_TEST.test(name) || (tracker.file === undefined && !name.includes(" › "))) return;
      // a file that cannot be loaded: none of its tests has run, it stands for them
      const unread = name === "Test suite failed to run";
      const parts = unread ? [tracker.file?.replace(/^\.\//, "") ?? name] : name.split(" › ");
      const test = parts.pop() ?? name;
      const draft = tracker.sink.fail({
        test,
        suite: parts.length > 0 ? parts.join(" › ") : undefined,
        file: tracker.file,
        kind: unread ? "error" : undefined,
        line: line.number,
      });
      tracker.read(
        60,
        (text) => /^\s*●|^(?:Test Suites:|PASS |FAIL )/.test(text),
        (lines) => {
          const end = lines.findIndex((text) => /^\s+(?:>? *\d+ \||at )/.test(text));
          if (draft.message === "")
            draft.message = messageOf(lines.slice(0, end < 0 ? 20 : Math.min(end, 20)));
        },
      );
    },
  },
];

/** Jest. */
export const jest = defineFramework("jest", (sink) => new JestTracker(sink), rules);
