import type { Draft } from "../draft.ts";
import type { Line } from "../line.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

/**
 * Runners of whole programs: what they call a test may have tests of its own in the log. Those then
 * are the failures, and the program is left out.
 */
class RunnerTracker extends Tracker {
  private readonly seen: Draft[] = [];

  fail(test: string, line: Line, kind?: "timeout" | "crash"): void {
    const draft = this.sink.fail({ test, line: line.number, kind });
    if (!this.seen.includes(draft)) this.seen.push(draft);
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
    pattern: /^\s*\d+\/\d+ Test +#\d+: (\S+) \.*\s*\*\*\*(Failed|Timeout|Exception)/,
    example: "1/3 Test #1: store_test .......................***Failed    0.01 sec",
    test: "store_test",
    run: (match, line, tracker) => tracker.fail(match[1] ?? "", line, kindOfWord(match[2] ?? "")),
  },
  {
    id: "ctest-summary",
    needles: [" (Failed)", " (Timeout)", " (SEGFAULT)", "(Subprocess aborted)", "(ILLEGAL)"],
    pattern: /^\s+\d+ - (\S+) \((Failed|Timeout|SEGFAULT|Subprocess aborted|ILLEGAL)\)/,
    example: "The following tests FAILED:\n\t  2 - store_test (Failed)",
    test: "store_test",
    run: (match, line, tracker) => tracker.fail(match[1] ?? "", line, kindOfWord(match[2] ?? "")),
  },
  {
    id: "bazel",
    needles: [" FAILED in ", " TIMEOUT in ", "FAILED in "],
    pattern: /^(@?\/\/[\w/.+-]*:[\w/.+-]+)\s+(?:FAILED|TIMEOUT) in /,
    example: "//store:store_test                  FAILED in 1.2s",
    test: "//store:store_test",
    run: (match, line, tracker) => tracker.fail(match[1] ?? "", line, kindOfWord(line.text)),
  },
  {
    id: "meson",
    needles: [" FAIL ", " TIMEOUT "],
    pattern: /^\s*\d+\/\d+ (\S.*?)\s{2,}(FAIL|TIMEOUT)\s+[\d.]+ ?s/,
    example: "12/34 store / gets              FAIL            0.12s   exit status 1",
    test: "store / gets",
    run: (match, line, tracker) => tracker.fail(match[1] ?? "", line, kindOfWord(match[2] ?? "")),
  },
  {
    id: "sharded-file",
    needles: [" failed!"],
    pattern: /^([\w./-]+) \d+\/\d+ failed!(?: Received signal: (SIG\w+))?$/,
    example: "nn/test_store 1/2 failed! Received signal: SIGBUS",
    test: "nn/test_store",
    run: (match, line, tracker) =>
      tracker.fail(match[1] ?? "", line, match[2] === undefined ? undefined : "crash"),
  },
  {
    id: "lit",
    needles: ["FAIL: ", "TIMEOUT: "],
    pattern: /^(?:FAIL|TIMEOUT): (\S+ :: \S+) \(\d+ of \d+\)$/,
    example: "FAIL: Store :: get/empty.test (12 of 40)",
    test: "Store :: get/empty.test",
    run: (match, line, tracker) => tracker.fail(match[1] ?? "", line),
  },
];

/** CTest, Bazel, Meson and lit. */
export const runners = defineFramework("runner", (sink) => new RunnerTracker(sink), rules);
