import { defineFramework, type Rule, Tracker } from "../rule.ts";

const rules: readonly Rule<Tracker>[] = [
  {
    id: "unexpected",
    needles: ["TEST-UNEXPECTED-", "PROCESS-CRASH | "],
    pattern:
      /(?:TEST-UNEXPECTED-(FAIL|TIMEOUT|ERROR|CRASH|PASS|NOTRUN)|(PROCESS-CRASH)) \| (\S.*?)(?: \| (.*))?$/,
    example: "INFO - TEST-UNEXPECTED-FAIL | dom/tests/test_store.html | got 1, expected 2",
    test: "dom/tests/test_store.html",
    run(match, line, tracker) {
      const word = match[1] ?? match[2] ?? "";
      if (word === "PASS") return;
      const kind = word === "TIMEOUT" ? "timeout" : /CRASH/.test(word) ? "crash" : undefined;
      if (match[2] !== undefined && match[4] === undefined) return;
      const test = (match[3] ?? "").replace(/ == .*$/, "");
      tracker.sink.fail({ test, message: match[4], line: line.number, kind });
    },
  },
];

/** Mozilla's harnesses: mochitest, xpcshell, reftest, web-platform-tests. */
export const mozilla = defineFramework("mozilla", (sink) => new Tracker(sink), rules);
