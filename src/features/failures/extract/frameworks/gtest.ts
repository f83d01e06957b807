import type { Draft } from "../draft.ts";
import type { Line } from "../line.ts";
import { above, messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

class GtestTracker extends Tracker {
  running: { name: string; line: Line } | undefined;
  readonly passes = new Map<string, number>();

  fail(name: string, line: Line): Draft {
    const at = name.indexOf(".");
    const [suite, test] = at < 0 ? [undefined, name] : [name.slice(0, at), name.slice(at + 1)];
    return this.sink.fail({ test, suite, line: line.number });
  }

  /** The process died: the test that had begun and not ended was under it. */
  crash(line: Line): void {
    if (this.running === undefined) return;
    const draft = this.fail(this.running.name, line);
    this.running = undefined;
    draft.kind = "crash";
    if (draft.message === "") draft.message = line.text.trim();
  }

  override end(): void {
    super.end();
    for (const draft of this.sink.drafts) {
      const passed = this.passes.get(`${draft.suite ?? ""}.${draft.test}`);
      if (passed !== undefined && passed > draft.line) draft.retriedOk = true;
    }
  }
}

const RUN = /^(?:\d+: )?\[ RUN {6}\] (\S+)/;

const rules: readonly Rule<GtestTracker>[] = [
  {
    id: "run",
    needles: ["[ RUN      ] "],
    pattern: RUN,
    example: "[ RUN      ] Store.Gets",
    test: null,
    run(match, line, tracker) {
      tracker.running = { name: match[1] ?? "", line };
    },
  },
  {
    id: "ok",
    needles: ["[       OK ] "],
    pattern: /^(?:\d+: )?\[ {7}OK \] (\S+)/,
    example: "[       OK ] Store.Gets (0 ms)",
    test: null,
    run(match, line, tracker) {
      tracker.running = undefined;
      const name = match[1] ?? "";
      tracker.sink.pass(name, line.number);
      if (tracker.passes.size < 20_000) tracker.passes.set(name, line.number);
    },
  },
  {
    id: "failed",
    needles: ["[  FAILED  ] "],
    pattern: /^(?:\d+: )?\[ {2}FAILED {2}\] ([\w/<>.:, -]+?\.[\w/.-]+)(?:, where .*?)?(?: \(\d+ ms\))?$/,
    example:
      "[ RUN      ] Store.Gets\nstore_test.cc:5: Failure\nExpected equality of these values:\n  1\n  2\n[  FAILED  ] Store.Gets (0 ms)",
    test: "Gets",
    run(match, line, tracker) {
      const draft = tracker.fail(match[1] ?? "", line);
      if (tracker.running?.name === match[1]) tracker.running = undefined;
      if (draft.message !== "" || !/ ms\)$/.test(line.text)) return;
      const lines = above(
        line,
        80,
        (text) => RUN.test(text) || /\[ {2}FAILED {2}\]|\[ {7}OK \]/.test(text),
      ).map((text) => text.replace(/^\d+: /, ""));
      const at = lines.findIndex((text) =>
        /: Failure$|^unknown file: Failure|: error: |C\+\+ exception/.test(text),
      );
      draft.file = /^(\S+?)(?::\d+|\(\d+\)): /.exec(lines[at] ?? "")?.[1];
      draft.message = messageOf(at < 0 ? lines.slice(-8) : lines.slice(at + 1), 12);
    },
  },
  {
    id: "crash",
    needles: [
      "Segmentation fault",
      "SIGSEGV",
      "SIGABRT",
      "core dumped",
      "AddressSanitizer: ",
      "ThreadSanitizer: ",
      "terminate called after",
    ],
    pattern:
      /Segmentation fault|SIGSEGV|SIGABRT|core dumped|(?:Address|Thread)Sanitizer: |terminate called after/,
    example: "[ RUN      ] Store.Gets\nSegmentation fault (core dumped)",
    test: "Gets",
    run: (_match, line, tracker) => tracker.crash(line),
  },
];

/** GoogleTest, alone or below CTest. */
export const gtest = defineFramework("googletest", (sink) => new GtestTracker(sink), rules);
