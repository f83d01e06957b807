import type { Draft } from "../draft.ts";
import type { Line } from "../line.ts";
import { messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

/**
 * Runners of whole programs: what they call a test may have tests of its own in the log. Those then
 * are the failures, and the program is left out.
 */
class RunnerTracker extends Tracker {
  private readonly seen: Draft[] = [];

  /** What Automake's lines say until its summary says that they are its own. */
  automake: { test: string; line: Line }[] = [];

  fail(test: string, line: Line, kind?: "timeout" | "crash"): Draft {
    const draft = this.sink.fail({ test, line: line.number, kind });
    if (!this.seen.includes(draft)) this.seen.push(draft);
    return draft;
  }

  /** What the program printed; where it printed nothing, how it ended. */
  told(draft: Draft, ended: string, stop: RegExp): void {
    this.read(
      30,
      (text) => stop.test(text),
      (lines) => {
        const own = lines.filter((text) => !/^>>> |^[\u2015-]{20,}|^[\u2015]+ /.test(text));
        if (draft.message === "") draft.message = messageOf(own, 12) || ended.trim();
      },
    );
  }

  override end(): void {
    super.end();
    const inner = this.sink.everyone.some((draft) => !draft.dropped && !this.seen.includes(draft));
    if (inner) for (const draft of this.seen) draft.dropped = true;
  }
}

const kindOfWord = (word: string): "timeout" | "crash" | undefined =>
  /timeout/i.test(word) ? "timeout" : /exception|segfault|abort|crash/i.test(word) ? "crash" : undefined;

const rules: readonly Rule<RunnerTracker>[] = [
  {
    id: "ctest",
    needles: ["***Failed", "***Timeout", "***Exception"],
    pattern: /^\s*\d+\/\d+ Test +#\d+: (\S.*?) \.{2,}\s*([\w ]*\*\*\*(?:Failed|Timeout|Exception).*)$/,
    example:
      "1/3 Test #1: store_test .......................***Failed    0.01 sec\n1 + 1 is not 3\n\n    Start 2: shop_test",
    test: "store_test",
    run(match, line, tracker) {
      const ended = (match[2] ?? "").replace(/\*+/, "").replace(/:? +[\d.]+ sec$/, "");
      const draft = tracker.fail(match[1] ?? "", line, kindOfWord(match[2] ?? ""));
      tracker.told(draft, ended, /^\s*(?:\d+\/\d+ Test +#|Start +\d+: |\d+% tests passed)/);
    },
  },
  {
    id: "ctest-summary",
    needles: [
      " (Failed)",
      " (Timeout)",
      " (SEGFAULT)",
      "(Subprocess aborted)",
      "(ILLEGAL)",
      "(Not Run)",
      "(Bus error)",
    ],
    pattern: /^\s+\d+ - (\S.*?) \((Failed|Timeout|SEGFAULT|Subprocess aborted|ILLEGAL|Not Run|Bus error)\)/,
    example: "The following tests FAILED:\n\t  2 - store_test (Failed)",
    test: "store_test",
    run(match, line, tracker) {
      const draft = tracker.fail(match[1] ?? "", line, kindOfWord(match[2] ?? ""));
      if (draft.message === "") draft.message = match[2] ?? "";
    },
  },
  {
    id: "bazel",
    needles: [" FAILED in ", " TIMEOUT in ", "FAILED in "],
    pattern: /^(@?\/\/[\w/.+-]*:[\w/.+-]+)\s+(?:\(cached\) )?(?:FAILED|TIMEOUT) in /,
    example: "//store:store_test                  FAILED in 1.2s",
    test: "//store:store_test",
    run: (match, line, tracker) => void tracker.fail(match[1] ?? "", line, kindOfWord(line.text)),
  },
  {
    id: "bazel-flaky",
    needles: [" FLAKY, failed in "],
    pattern: /^(@?\/\/[\w/.+-]*:[\w/.+-]+)\s+FLAKY, failed in \d+ out of \d+ in /,
    example: "//store:store_test                  FLAKY, failed in 1 out of 2 in 1.2s",
    test: "//store:store_test",
    run(match, line, tracker) {
      tracker.fail(match[1] ?? "", line, undefined).retriedOk = true;
    },
  },
  {
    id: "meson",
    needles: [" FAIL ", " TIMEOUT ", " ERROR "],
    pattern: /^\s*\d+\/\d+ (\S.*?)\s{2,}(FAIL|TIMEOUT|ERROR)\s+[\d.]+ ?s\s*(.*)$/,
    example: "12/34 store / gets              FAIL            0.12s   exit status 1",
    test: "store / gets",
    run(match, line, tracker) {
      const draft = tracker.fail(match[1] ?? "", line, kindOfWord(match[2] ?? ""));
      tracker.told(draft, match[3] ?? "", /^\s*\d+\/\d+ |^Summary of Failures|^Ok: /);
    },
  },
  {
    id: "sharded-file",
    needles: [" failed!"],
    pattern: /^([\w./-]+) \d+\/\d+ failed!(?: Received signal: (SIG\w+))?$/,
    example: "nn/test_store 1/2 failed! Received signal: SIGBUS",
    test: "nn/test_store",
    run: (match, line, tracker) =>
      void tracker.fail(match[1] ?? "", line, match[2] === undefined ? undefined : "crash"),
  },
  {
    id: "lit",
    needles: ["FAIL: ", "TIMEOUT: "],
    pattern: /^(?:FAIL|TIMEOUT): (\S+ :: \S+) \(\d+ of \d+\)$/,
    example: "FAIL: Store :: get/empty.test (12 of 40)",
    test: "Store :: get/empty.test",
    run: (match, line, tracker) => void tracker.fail(match[1] ?? "", line),
  },
  {
    id: "lit-list",
    needles: ["Failed Tests (", "Failing Tests (", "Timed Out Tests ("],
    pattern: /^(?:Failed|Failing|(Timed Out)) Tests \(\d+\):$/,
    example: "Failed Tests (1):\n  Store :: get/empty.test\n\n\nTesting Time: 12.3s\n",
    test: "Store :: get/empty.test",
    run(match, line, tracker) {
      const kind = match[1] === undefined ? undefined : "timeout";
      tracker.read(
        2000,
        (text) => !/^\s+\S+ :: /.test(text),
        (lines) =>
          lines.forEach((text, at) => {
            tracker.fail(text.trim(), { ...line, number: line.number + at + 1 }, kind);
          }),
      );
    },
  },
  {
    id: "xmake",
    needles: [". failed "],
    pattern: /^\[ *\d+%\]: (\S+) +\.{4,} failed [\d.]+s$/,
    example: "[ 88%]: store/gets        .................................... failed 5.000s",
    test: "store/gets",
    run: (match, line, tracker) => void tracker.fail(match[1] ?? "", line),
  },
  {
    id: "testament",
    needles: ["FAIL: "],
    pattern: /^FAIL: (\S+\.nim(?: \S.*)?)$/,
    example:
      'FAIL: tests/store/tget.nim c\nTest "tests/store/tget.nim" in category "store"\nFailure: reOutputsDiffer\n',
    test: "tests/store/tget.nim c",
    run: (match, line, tracker) =>
      tracker.read(
        3,
        () => false,
        (lines) => {
          if (!/^Test "/.test(lines[0] ?? "")) return;
          const draft = tracker.fail(match[1] ?? "", line);
          if (draft.message === "") draft.message = messageOf(lines.slice(1));
        },
      ),
  },
  {
    id: "automake",
    needles: ["FAIL: ", "ERROR: "],
    pattern: /^(?:FAIL|ERROR): ([\w.+/-]+(?: \d+ - .*)?)$/,
    example:
      "PASS: t-puts\nFAIL: t-gets\n============================================================================\nTestsuite summary for store 1.0\n",
    test: "t-gets",
    run(match, line, tracker) {
      if (tracker.automake.length < 2000) tracker.automake.push({ test: match[1] ?? "", line });
    },
  },
  {
    id: "automake-summary",
    needles: ["Testsuite summary for "],
    pattern: /^(?:# )?Testsuite summary for \S/,
    example: "Testsuite summary for store 1.0",
    test: null,
    run(_match, _line, tracker) {
      for (const { test, line } of tracker.automake) tracker.fail(test, line);
      tracker.automake = [];
    },
  },
];

/** CTest, Bazel, Meson, Automake, lit, xmake and Nim's testament. */
export const runners = defineFramework("runner", (sink) => new RunnerTracker(sink), rules);
