import { above, messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

const rules: readonly Rule<Tracker>[] = [
  {
    id: "helm-unittest",
    needles: [" FAIL  ", "FAIL \u001b"],
    pattern: /^\s*FAIL\s+(\S.*?)\t(\S+\.ya?ml)$/,
    example:
      " FAIL  store\tstore/tests/store_test.yaml\n\t- gets what was put\n\n\t\t- asserts[0] `equal` fail\n\t\t\tExpected to equal:\n\nCharts:      1 failed, 0 passed, 1 total\n",
    test: "gets what was put",
    run(match, line, tracker) {
      tracker.read(
        400,
        (text) => /^\S|^ (?:PASS|FAIL) /.test(text),
        (lines) =>
          lines.forEach((text, at) => {
            const test = /^\t- (\S.*)$/.exec(text)?.[1];
            if (test === undefined) return;
            const rest = lines.slice(at + 1, at + 12);
            const end = rest.findIndex((each) => /^\t- /.test(each));
            const message = messageOf(rest.slice(0, end < 0 ? undefined : end), 10);
            const number = line.number + at + 1;
            tracker.sink.fail({ test, suite: match[1], file: match[2], message, line: number });
          }),
      );
    },
  },
  {
    id: "terraform",
    needles: ['"... fail'],
    pattern: /^\s+run "([^"]+)"\.\.\. fail$/,
    example: 'tests/store.tftest.hcl... in progress\n  run "puts"... pass\n  run "gets"... fail',
    test: "gets",
    run(match, line, tracker) {
      const isFile = (text: string) => /^\S+\.tftest\.(?:hcl|json)\.\.\. in progress$/.test(text);
      const head = line.before(above(line, 100, isFile).length + 1);
      const file = isFile(head) ? head.split("...")[0] : undefined;
      tracker.sink.fail({ test: match[1] ?? "", file, line: line.number });
    },
  },
  {
    id: "opa",
    needles: [": FAIL", ": ERROR"],
    pattern: /^(data(?:\.\w+)*)\.(\w+): (?:FAIL|ERROR) \([\d.]+\S+\)$/,
    example: "data.store.test_gets: FAIL (1.234ms)",
    test: "test_gets",
    run: (match, line, tracker) =>
      void tracker.sink.fail({ test: match[2] ?? "", suite: match[1], line: line.number }),
  },
  {
    id: "newman",
    needles: ["failure         detail", "failure   "],
    pattern: /^\s*#\s+failure\s+detail$/,
    example:
      '  #  failure         detail\n\n 1.  AssertionError  status is 200\n                     expected 500 to equal 200\n                     at assertion:0 in test-script\n                     inside "Get store"\n\n',
    test: "status is 200",
    run(_match, line, tracker) {
      const ITEM = /^\s*\d+\.\s+\w+\s{2,}(\S.*)$/;
      tracker.read(
        2000,
        (text) => /^\S/.test(text) && !ITEM.test(text),
        (lines) =>
          lines.forEach((text, at) => {
            const test = ITEM.exec(text)?.[1];
            if (test === undefined) return;
            const rest = lines.slice(at + 1, at + 8);
            const end = rest.findIndex((each) => each.trim() === "");
            const told = end < 0 ? rest : rest.slice(0, end);
            const suite = /^\s*inside "(.*)"$/.exec(told.at(-1) ?? "")?.[1];
            const number = line.number + at + 1;
            tracker.sink.fail({ test, suite, message: messageOf(told.slice(0, 2)), line: number });
          }),
      );
    },
  },
  {
    id: "gauge",
    needles: ["Failed Step: "],
    pattern: /^\s+Failed Step: (.*)$/,
    example:
      "# Store\n  ## Gets what was put\t ✔ ✘\n        Failed Step: It has 3 things\n        Specification: specs/store.spec:12\n        Error Message: 2 != 3\n",
    test: "Gets what was put",
    run(match, line, tracker) {
      const isHead = (text: string) => /^\s*## /.test(text);
      const head = line.before(above(line, 40, isHead).length + 1);
      const test = /^\s*## (\S.*?)(?:\t.*)?$/.exec(head)?.[1];
      if (test === undefined) return;
      const draft = tracker.sink.fail({ test, line: line.number });
      tracker.read(
        3,
        (text) => !/^\s+\w+ ?\w*: /.test(text),
        (lines) => {
          const error = lines.map((text) => /^\s+Error Message: (.*)$/.exec(text)?.[1]);
          if (draft.message === "") draft.message = error.find(Boolean) ?? match[1] ?? "";
        },
      );
    },
  },
  {
    id: "shellspec",
    needles: ["shellspec "],
    pattern: /^shellspec (\S+):\d+(?::\d+)? # \d+\) (\S.*) (?:FAILED|ERROR)$/,
    example: "shellspec spec/store_spec.sh:5 # 1) Store gets what was put FAILED",
    test: "Store gets what was put",
    run: (match, line, tracker) =>
      void tracker.sink.fail({ test: match[2] ?? "", file: match[1], line: line.number }),
  },
];

/** Tests of charts, plans, policies, services and shells: helm-unittest, Terraform, OPA, Newman, Gauge, ShellSpec. */
export const infrastructure = defineFramework("infrastructure", (sink) => new Tracker(sink), rules);
