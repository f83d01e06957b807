import { messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

const rules: readonly Rule<Tracker>[] = [
  {
    id: "failure",
    needles: [") test ", ") doctest ", ") property ", ") feature "],
    pattern: /^\s*\d+\) ((?:test|doctest|property|feature) \S.*) \(([\w.]+)\)$/,
    example:
      "  1) test gets what was put (StoreTest)\n     test/store_test.exs:12\n     Assertion with == failed\n     code:  assert 1 == 2\n     left:  1\n     right: 2\n     stacktrace:\n       test/store_test.exs:13: (test)\n",
    test: "gets what was put",
    run(match, line, tracker) {
      const test = (match[1] ?? "").replace(/^test /, "");
      tracker.read(
        30,
        (text) => /^\s*$|^\s+stacktrace:|^\s+\d+\) /.test(text),
        (lines) => {
          const file = /^\s+(\S+\.exs?):\d+$/.exec(lines[0] ?? "")?.[1];
          tracker.sink.fail({
            test,
            suite: match[2],
            file,
            message: messageOf(lines.slice(file === undefined ? 0 : 1)),
            line: line.number,
          });
        },
      );
    },
  },
];

/** ExUnit. */
export const exunit = defineFramework("exunit", (sink) => new Tracker(sink), rules);
