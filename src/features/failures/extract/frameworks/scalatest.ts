import type { Draft, DraftStart } from "../draft.ts";
import { messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

const bare = (text: string): string => text.replace(/^\[(?:info|error|warn)\] ?/, "");

class ScalaTracker extends Tracker {
  suite: string | undefined;
  private readonly passes = new Map<string, number>();

  /** Names of tests that failed: of others nobody asks whether they passed later. */
  private readonly failed = new Set<string>();

  fail(start: DraftStart): Draft {
    this.passes.delete(`${this.suite ?? ""}\n${start.test}`);
    this.failed.add(start.test);
    return this.sink.fail(start);
  }

  pass(test: string, line: number): void {
    this.sink.pass(test, line);
    if (!this.failed.has(test)) return;
    const key = `${this.suite ?? ""}\n${test}`;
    if (this.passes.size < 20_000 || this.passes.has(key)) this.passes.set(key, line);
  }

  override end(): void {
    super.end();
    for (const draft of this.sink.drafts) {
      const passed = this.passes.get(`${draft.suite ?? ""}\n${draft.test}`);
      if (passed !== undefined && passed > draft.line) draft.retriedOk = true;
    }
  }
}

const rules: readonly Rule<ScalaTracker>[] = [
  {
    id: "suite",
    needles: ["Test:", "Spec:", "Suite:", "Tests:", "Specs:"],
    pattern: /^(?:\[info\] )?([A-Z][\w$.]*(?:Test|Spec|Suite)s?):$/,
    example: "[info] StoreTest:\n[info] - gets what was put *** FAILED ***",
    test: "gets what was put",
    run(match, _line, tracker) {
      tracker.suite = match[1];
    },
  },
  {
    id: "failure",
    needles: ["*** FAILED ***"],
    pattern: /^(?:\[(?:info|error)\] )?\s*-? ?(\S.*?) \*\*\* FAILED \*\*\*/,
    example: "[info] - gets what was put *** FAILED ***\n[info]   1 did not equal 2 (StoreTest.scala:9)",
    test: "gets what was put",
    run(match, line, tracker) {
      const test = match[1] ?? "";
      if (/^\w[\w.]*(?:Test|Spec|Suite)$/.test(test) && !/^(?:\[info\] )?\s*- /.test(line.text)) return;
      const draft = tracker.fail({ test, suite: tracker.suite, line: line.number });
      tracker.read(
        12,
        (text) => !/^\[(?:info|error)\] {3}|^\s{2,}/.test(text) || /^\s*(?:- |at )/.test(bare(text)),
        (lines) => {
          if (draft.message === "") draft.message = messageOf(lines.map(bare), 8);
        },
      );
    },
  },
  {
    id: "pass",
    needles: ["[info] - ", "\u001b[0m- "],
    pattern: /^\[info\]\s+- (\S.*?)(?: \(\d.*\))?$/,
    example: "[info] - gets what was put",
    test: null,
    idle: true,
    names: "after",
    run(match, line, tracker) {
      if (!line.text.includes("***")) tracker.pass(match[1] ?? "", line.number);
    },
  },
  {
    id: "sbt-junit",
    needles: ["[error] Test "],
    pattern: /^\[error\] Test ([\w.$]+)\.([\w$]+(?:\[.*?\])?) failed: (.*?)(?:, took [\d.]+ s(?:ec)?)?$/,
    example: "[error] Test com.acme.StoreTest.get failed: expected:<1> but was:<2>, took 0.02 sec",
    test: "get",
    run(match, line, tracker) {
      tracker.fail({ test: match[2] ?? "", suite: match[1], message: match[3], line: line.number });
    },
  },
  {
    id: "specs2",
    needles: ["   x "],
    pattern: /^\[(?:info|error)\]\s{3,}x (\S.*?)(?: \(\d[\d.,]* m?s\))?$/,
    example: "[info] StoreSpec:\n[error]   x gets what was put\n[error]    1 != 2 (StoreSpec.scala:9)\n",
    test: "gets what was put",
    run(match, line, tracker) {
      const draft = tracker.fail({ test: match[1] ?? "", suite: tracker.suite, line: line.number });
      tracker.read(
        4,
        (text) => !/^\[error\]\s{3,}[^\sx+!]/.test(text),
        (lines) => {
          if (draft.message === "") draft.message = messageOf(lines.map(bare), 4);
        },
      );
    },
  },
  {
    id: "utest",
    needles: ["[info] X ", "    X "],
    pattern: /^(?:\[info\] )?X ((?:\w+\.)+)([\w.]+) \d+ms ?$/,
    example: "[info] X com.acme.StoreTests.gets 6ms\n[info]   utest.AssertionError: assert(1 == 2)\n",
    test: "gets",
    run(match, line, tracker) {
      const suite = (match[1] ?? "").slice(0, -1);
      const draft = tracker.fail({ test: match[2] ?? "", suite, line: line.number });
      tracker.read(
        2,
        (text) => !/^\s{2,}\S/.test(bare(text)),
        (lines) => {
          if (draft.message === "") draft.message = messageOf(lines.map(bare), 2);
        },
      );
    },
  },
  {
    id: "utest-error",
    needles: ["utest.AssertionError"],
    pattern: /^\s+utest\.AssertionError: /,
    example: "X com.acme.StoreTests.gets 6ms\n  utest.AssertionError: assert(1 == 2)",
    test: "gets",
    run(_match, line, tracker) {
      const name = /^X ((?:\w+\.)+)([\w.]+) \d+ms ?$/.exec(line.before(1));
      if (name?.[2] === undefined) return;
      const suite = name[1]?.slice(0, -1);
      tracker.fail({ test: name[2], suite, message: line.text.trim(), line: line.number });
    },
  },
  {
    id: "scalacheck",
    needles: [": Falsified after ", ": Exception raised on property"],
    pattern:
      /^(?:\[(?:info|error)\] )?! ([\w$.]+)\.(\S[^:]*): ((?:Falsified|Exception raised on property) .*)$/,
    example:
      "[info] + Store.puts: OK, passed 100 tests.\n[info] ! Store.gets: Falsified after 3 passed tests.",
    test: "gets",
    run(match, line, tracker) {
      tracker.fail({ test: match[2] ?? "", suite: match[1], message: match[3], line: line.number });
    },
  },
  {
    id: "weaver",
    needles: ["*FAILURES*"],
    pattern: /^(?:\[info\] )?\*+FAILURES\*+$/,
    example:
      "[info] *************FAILURES**************\n[info] acme.StoreSuite\n[error] - gets what was put 34ms\n[error]   assertion failed (StoreSuite.scala:12)\n[error] Failed: Total 2, Failed 1, Errors 0, Passed 1\n",
    test: "gets what was put",
    run(_match, line, tracker) {
      tracker.read(
        2000,
        (text) => !/^\[(?:info|error)\]/.test(text) || /: Total \d+, Failed \d+/.test(text),
        (lines) => {
          let suite: string | undefined;
          lines.forEach((text, at) => {
            suite = /^\[info\] ([\w$.]+)$/.exec(text)?.[1] ?? suite;
            const test = /^\[error\] - (\S.*?)(?: \d+m?s)?$/.exec(text)?.[1];
            if (test === undefined) return;
            const message = messageOf(lines.slice(at + 1, at + 4).map(bare), 3);
            tracker.fail({ test, suite, message, line: line.number + at + 1 });
          });
        },
      );
    },
  },
  {
    id: "munit",
    needles: ["==> X "],
    pattern: /^(?:\[error\] )?==> X ([\w.$]+)\.(\S.*?)(?: {2}[\d.]+s)?(?: (\S*(?:Exception|Error).*))?$/,
    example: "==> X com.acme.StoreSuite.gets what was put  0.05s munit.ComparisonFailException: not equal",
    test: "gets what was put",
    run(match, line, tracker) {
      tracker.fail({ test: match[2] ?? "", suite: match[1], message: match[3], line: line.number });
    },
  },
];

/** ScalaTest, specs2, µTest, ScalaCheck, Weaver, MUnit and sbt's JUnit interface. */
export const scalatest = defineFramework("scalatest", (sink) => new ScalaTracker(sink), rules);
