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
      const parts = [match[3] ?? "", match[4] ?? ""];
      if (word === "PROCESS-CRASH" && parts[1] === "") return; // the crash alone, without a test
      const [test = "", message] = parts[0]?.startsWith("application crashed") ? parts.reverse() : parts;
      tracker.sink.fail({ test, message, line: line.number, kind });
    },
  },
];

/** Mozilla's harnesses: mochitest, xpcshell, reftest, web-platform-tests. */
export const mozilla = defineFramework("mozilla", (sink) => new Tracker(sink), rules);
