import { messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

const DOUBLE = /^={60,}$/;
const SINGLE = /^-{60,}$/;

/** `method (module.Class)` or `method (module.Class.method)` in its parts; dotted names as they are. */
export function nameParts(title: string): { test: string; suite: string | undefined } {
  const owner = /^(\S.*?) \(([\w.$<>-]+)\)(?: .*)?$/.exec(title);
  if (owner?.[1] !== undefined && owner[2] !== undefined) {
    const suite = owner[2].endsWith(`.${owner[1]}`) ? owner[2].slice(0, -owner[1].length - 1) : owner[2];
    const extra = title.slice(owner[1].length + owner[2].length + 3).trim();
    return { test: extra === "" ? owner[1] : `${owner[1]} ${extra}`, suite };
  }
  const doctest = /^Doctest: (\S+)$/.exec(title);
  if (doctest?.[1] !== undefined) return { test: doctest[1], suite: undefined };
  const dotted = /^([\w.]+)\.(\w+(?:\(.*\)|\[.*\])?)$/.exec(title);
  return dotted?.[2] === undefined
    ? { test: title, suite: undefined }
    : { test: dotted[2], suite: dotted[1] };
}

const rules: readonly Rule<Tracker>[] = [
  {
    id: "failure",
    needles: ["FAIL: ", "ERROR: ", "UNEXPECTED SUCCESS: "],
    pattern: /^(FAIL|ERROR|UNEXPECTED SUCCESS): (\S.*?)(?: \.\.\. .*)?$/,
    example:
      '======================================================================\nFAIL: test_a (m.test_x.TestA)\n----------------------------------------------------------------------\nTraceback (most recent call last):\n  File "/x/test_x.py", line 3, in test_a\n    self.assertEqual(1, 2)\nAssertionError: 1 != 2\n',
    test: "test_a",
    run(match, line, tracker) {
      if (!DOUBLE.test(line.before(1).trim())) return;
      const draft = tracker.sink.fail({
        ...nameParts(match[2] ?? ""),
        line: line.number,
        kind: match[1] === "ERROR" ? "error" : undefined,
      });
      let rules = 0;
      tracker.read(
        200,
        (text) => DOUBLE.test(text) || (SINGLE.test(text) && ++rules > 1) || /^Ran \d+ tests? in/.test(text),
        (lines) => {
          if (draft.message !== "") return;
          const last = lines.findLastIndex(
            (text) =>
              /^[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt|Failure|Warning|Timeout)?(?::|$)/.test(
                text,
              ) && !text.startsWith("Traceback"),
          );
          const thrown = lines.findLastIndex((text) =>
            /^[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt|Failure|Warning|Timeout)(?::|$)/.test(text),
          );
          const at = thrown >= 0 ? thrown : last;
          draft.message = messageOf(at < 0 ? lines : lines.slice(at, at + 12));
          if (/^AssertionError|FailureException/.test(draft.message)) draft.kind = "assert";
        },
      );
    },
  },
  {
    id: "trial",
    needles: ["[FAIL]\n", "[ERROR]\n"],
    pattern: /^\[(FAIL|ERROR)\]$/,
    example:
      '===============================================================================\n[FAIL]\nTraceback (most recent call last):\n  File "/x/test_store.py", line 9, in test_gets\n    self.assertEqual(2, 3)\ntwisted.trial.unittest.FailTest: not equal:\na = 2\nb = 3\n\n\nacme.test.test_store.StoreTest.test_gets\n-------------------------------------------------------------------------------\n',
    test: "test_gets",
    run(match, line, tracker) {
      if (!DOUBLE.test(line.before(1).trim())) return;
      tracker.read(
        200,
        (text) => DOUBLE.test(text) || SINGLE.test(text),
        (lines) => {
          const names = lines.slice(-20).filter((text) => /^[A-Za-z_][\w.]*\.test\w*$/.test(text));
          const at = lines.findLastIndex((text) =>
            /^[A-Za-z_][\w.]*(?:Error|Exception|Test)(?::|$)/.test(text),
          );
          const told = at < 0 ? lines : lines.slice(at);
          const message = messageOf(
            told.filter((text) => !names.includes(text)),
            8,
          );
          const kind = match[1] === "ERROR" ? ("error" as const) : undefined; // widened to string without it
          for (const name of names)
            tracker.sink.fail({ ...nameParts(name), message, kind, line: line.number });
        },
      );
    },
  },
  {
    id: "stestr",
    needles: ["... FAILED"],
    pattern: /^(?:\{\d+\} )?((?:\w+\.)+test\w*(?:\(.*\)|\[.*\])?) \[[\d.]+s\] \.\.\. FAILED$/,
    example: "{0} acme.tests.test_store.StoreTest.test_gets [0.012s] ... FAILED",
    test: "test_gets",
    run: (match, line, tracker) =>
      void tracker.sink.fail({ ...nameParts(match[1] ?? ""), line: line.number }),
  },
];

/** unittest, trial, stestr, nose, nose2, Django's runner and others that print unittest's blocks. */
export const pythonUnittest = defineFramework("unittest", (sink) => new Tracker(sink), rules);
