import type { Draft } from "../draft.ts";
import type { Line } from "../line.ts";
import { above, messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

interface Candidate {
  readonly name: string;
  readonly line: Line;
  readonly suite: string | undefined;
  message: string;
}

class FunctionalTracker extends Tracker {
  /** Lines that look like tasty's, until its last line says that they are. */
  candidates: Candidate[] = [];

  message(draft: Draft, most: number, stop: (text: string) => boolean): void {
    this.read(most, stop, (lines) => {
      if (draft.message === "") draft.message = messageOf(lines, most);
    });
  }
}

const rules: readonly Rule<FunctionalTracker>[] = [
  {
    id: "clojure",
    needles: ["FAIL in ", "ERROR in "],
    pattern: /^(FAIL|ERROR) in (?:\(([^()\s]+)[^()]*\)|(\S+)\/(\S+))(?: \(([^():]+):\d+\))?$/,
    example:
      "lein test :only acme.store-test/gets\n\nFAIL in (gets) (store_test.clj:5)\nexpected: (= 3 (+ 1 1))\n  actual: (not (= 3 2))\n",
    test: "gets",
    run(match, line, tracker) {
      const [, word, bare, space, own, file] = match;
      const only = /^lein test :only ([\w.-]+)\//.exec(line.before(2))?.[1];
      const kind = word === "ERROR" ? "error" : "assert";
      const test = bare ?? own ?? "";
      const draft = tracker.sink.fail({ test, suite: space ?? only, file, kind, line: line.number });
      tracker.message(draft, 10, (text) => text === "" || /^\s+at |^(?:FAIL|ERROR) in /.test(text));
    },
  },
  {
    id: "julia",
    needles: [": Test Failed at ", ": Error During Test at "],
    pattern: /^(\S.*?): (?:Test Failed|Error During Test) at (\S+?):\d+$/,
    example:
      "gets what was put: Test Failed at /x/test/runtests.jl:5\n  Expression: 1 + 1 == 3\n   Evaluated: 2 == 3\n\nStacktrace:\n",
    test: "gets what was put",
    run(match, line, tracker) {
      const draft = tracker.sink.fail({ test: match[1] ?? "", file: match[2], line: line.number });
      tracker.message(draft, 8, (text) => text === "" || /^\s*(?:Stacktrace:|\[\d+\])/.test(text));
    },
  },
  {
    id: "hspec",
    needles: ["To rerun use: --match "],
    pattern: /^\s*To rerun use: --match "?'?\/(.*?)\/?"?'?(?: --seed \d+)?$/,
    example:
      'Failures:\n\n  Store.hs:5:48: \n  1) store gets what was put\n       expected: 3\n        but got: 2\n\n  To rerun use: --match "/store/gets what was put/"\n',
    test: "gets what was put",
    run(match, line, tracker) {
      const parts = (match[1] ?? "").split("/");
      const test = parts.pop() ?? "";
      const told = above(line, 30, (text) => /^\s+\d+\) \S/.test(text));
      const suite = parts.length > 0 ? parts.join(" > ") : undefined;
      tracker.sink.fail({ test, suite, message: messageOf(told, 10), line: line.number });
    },
  },
  {
    id: "tasty",
    needles: [": FAIL", "  FAIL\n", "  FAIL (", "  FAIL\r"],
    pattern: /^( +)(\S.*?): +FAIL(?: \([\d.]+s\))?$/,
    example:
      "store\n  puts:              OK\n  gets what was put: FAIL\n    Store.hs:7:\n    expected: 3\n     but got: 2\n\n1 out of 2 tests failed (0.00s)\n",
    test: "gets what was put",
    run(match, line, tracker) {
      const indent = (match[1] ?? "").length;
      const group = above(line, 60, () => false).findLast(
        (text) => /\S/.test(text) && text.search(/\S/) < indent && !/: +(?:OK|FAIL)\b/.test(text),
      );
      const candidate = { name: match[2] ?? "", line, suite: group?.trim(), message: "" };
      if (tracker.candidates.length < 2000) tracker.candidates.push(candidate);
      tracker.read(
        10,
        (text) => text.trim() === "" || text.search(/\S/) <= indent,
        (lines) => {
          candidate.message = messageOf(lines, 8);
        },
      );
    },
  },
  {
    id: "tasty-end",
    needles: [" tests failed ("],
    pattern: /^\d+ out of \d+ tests failed \(/,
    example: "1 out of 2 tests failed (0.00s)",
    test: null,
    run(_match, _line, tracker) {
      tracker.close();
      for (const { name, line, suite, message } of tracker.candidates)
        tracker.sink.fail({ test: name, suite, message, line: line.number });
      tracker.candidates = [];
    },
  },
  {
    id: "alcotest",
    needles: ["[FAIL]  "],
    pattern: /^(?:[│|>] ?|\s*)\[FAIL\] {4,}(\S.*?) {2,}\d+ {3}(\S.*?)\.?\s*│?$/,
    example: "> [FAIL]        basic          1   gets what was put.",
    test: "gets what was put",
    run(match, line, tracker) {
      const draft = tracker.sink.fail({ test: match[2] ?? "", suite: match[1], line: line.number });
      if (!/│$/.test(line.text)) return;
      tracker.read(
        20,
        (text, lines) => lines.length > 1 && /^\s*[┌─]{20,}|^Full test results/.test(text),
        (lines) => {
          const own = lines.filter((text) => !/^(?:└─|ASSERT |FAIL |Logs saved to)|^ ─{20,}/.test(text));
          const failed = lines.find((text) => /^FAIL /.test(text));
          if (draft.message === "") draft.message = messageOf([...(failed ? [failed] : []), ...own], 10);
        },
      );
    },
  },
  {
    id: "ounit",
    needles: ["Error: "],
    pattern: /^(Error|Failure): ([^:]+(?::\d+:[^:]+)+)\.$/,
    example:
      "==============================================================================\nError: store:1:gets.\n\nexpected: 3 but got: 2\n------------------------------------------------------------------------------",
    test: "gets",
    run(match, line, tracker) {
      const parts = (match[2] ?? "").split(/:\d+:/);
      const test = parts.pop() ?? "";
      if (!/^={70,}$/.test(line.before(1))) return;
      tracker.read(
        30,
        (text) => /^-{70,}$/.test(text),
        (lines) => {
          const own = lines.filter(
            (text) => text !== "" && !/^(?:File|Called from|Raised at|Re-raised) /.test(text),
          );
          tracker.sink.fail({
            test,
            suite: parts.join(" > "),
            message: messageOf(own, 8),
            line: line.number,
          });
        },
      );
    },
  },
  {
    id: "eunit",
    needles: ["*failed*", "*timed out*"],
    pattern: /^\s*(\w+): ?(?:\d+: )?(\S.*?)\.\.\.(?:\[[\d.]+ s\] ?)?\*(failed|timed out)\*$/,
    example:
      '  store_tests: gets_test...*failed*\nin function store_tests:gets_test/0 (store_tests.erl, line 4)\n**error:{assertEqual,[{expected,3},{value,2}]}\n  output:<<"">>\n',
    test: "gets_test",
    run(match, line, tracker) {
      const kind = match[3] === "timed out" ? "timeout" : undefined;
      const draft = tracker.sink.fail({ test: match[2] ?? "", suite: match[1], kind, line: line.number });
      tracker.read(
        40,
        (text) => /^\s+output:|\.\.\.\*?\w/.test(text),
        (lines) => {
          const at = lines.findIndex((text) => /^\*\*(?:error|throw|exit):/.test(text));
          if (draft.message === "")
            draft.message = messageOf(at < 0 ? lines.slice(0, 4) : lines.slice(at), 10);
        },
      );
    },
  },
  {
    id: "rebar-ct",
    needles: [": FAILED"],
    pattern: /^%%% (\w+_SUITE) ==> (?:[\w.]+\.)?(\w+): FAILED$/,
    example: "%%% store_SUITE ==> gets: FAILED\n%%% store_SUITE ==> {{badmatch,2},[]}\n",
    test: "gets",
    run(match, line, tracker) {
      const draft = tracker.sink.fail({ test: match[2] ?? "", suite: match[1], line: line.number });
      tracker.read(
        1,
        () => false,
        ([next = ""]) => {
          if (draft.message === "") draft.message = next.replace(/^%%% \w+ ==> ?/, "");
        },
      );
    },
  },
  {
    id: "hunit",
    needles: ["### Failure in: ", "### Error in: "],
    pattern: /^### (Failure|Error) in: +(\S.*)$/,
    example:
      "### Failure in: 0:store:1:gets what was put\ntest/Spec.hs:7\nexpected: 3\n but got: 2\nCases: 2  Tried: 2  Errors: 0  Failures: 1\n",
    test: "gets what was put",
    run(match, line, tracker) {
      // the path has numbers of lists and labels
      const labels = (match[2] ?? "").split(/(?:^|:)\d+(?::|$)/).filter((part) => part !== "");
      const test = labels.pop() ?? match[2] ?? "";
      const suite = labels.length > 0 ? labels.join(" > ") : undefined;
      const kind = match[1] === "Error" ? "error" : undefined;
      const draft = tracker.sink.fail({ test, suite, kind, line: line.number });
      tracker.message(draft, 8, (text) => text === "" || /^(?:### |Cases: )/.test(text));
    },
  },
];

/** Clojure, Julia, Haskell, OCaml and Erlang. */
export const functional = defineFramework("functional", (sink) => new FunctionalTracker(sink), rules);
