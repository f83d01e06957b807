import { messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

const END = /^(?:-{60,}|(?:FAIL|PANIC|PASS|START|MISS|SKIP|OOPS|OK): |--- |=== |(?:FAIL|ok {2})\t)/;

const rules: readonly Rule<Tracker>[] = [
  {
    id: "failure",
    needles: ["FAIL: ", "PANIC: "],
    pattern: /^(FAIL|PANIC): ([\w./-]+\.go):(\d+): (\w+)\.(\w+)$/,
    example:
      "FAIL: a_test.go:12: storeSuite.TestGet\n\na_test.go:15:\n    c.Assert(x, Equals, 2)\n... obtained int = 1\n... expected int = 2\n",
    test: "TestGet",
    run(match, line, tracker) {
      const [, word, file, , suite, test = ""] = match;
      const draft = tracker.sink.fail({
        test,
        suite,
        file,
        line: line.number,
        kind: word === "PANIC" ? "panic" : undefined,
      });
      tracker.read(
        60,
        (text) => END.test(text),
        (lines) => {
          const told = lines.filter((text) => /^\.\.\. /.test(text)).map((text) => text.slice(4));
          if (draft.message !== "") return;
          draft.message = messageOf(lines, 24);
          draft.signature = told.join("\n") || draft.message;
        },
      );
    },
  },
  {
    id: "pass",
    needles: ["PASS: "],
    idle: true,
    pattern: /^PASS: [\w./-]+\.go:\d+: (\w+\.\w+)\s/,
    example: "PASS: a_test.go:12: storeSuite.TestGet\t0.010s",
    test: null,
    run: (match, line, tracker) => tracker.sink.pass(match[1] ?? "", line.number),
  },
];

/** gopkg.in/check.v1 and its forks, which run below one `go test` function. */
export const gocheck = defineFramework("gocheck", (sink) => new Tracker(sink), rules);
