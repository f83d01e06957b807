import type { Line } from "../line.ts";
import { above, messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

/** What the test logger plugin prints, until its last line says that it was that. */
class GradleTracker extends Tracker {
  private logged: { test: string; suite: string | undefined; line: number; message: string }[] = [];

  log(test: string, line: Line): void {
    const isSuite = (text: string) => /^\S/.test(text);
    const head = line.before(above(line, 400, isSuite).length + 1);
    const suite = /^[\w$.]+$/.test(head) ? head : undefined;
    const one = { test, suite, line: line.number, message: "" };
    if (this.logged.length < 2000) this.logged.push(one);
    this.read(
      12,
      (text) => /^\s+at |^\S|^ {2}(?:Test |[✔✘])/.test(text),
      (lines) => {
        one.message = messageOf(lines, 8);
      },
    );
  }

  settle(): void {
    this.close();
    for (const one of this.logged) this.sink.fail(one);
    this.logged = [];
  }
}

const rules: readonly Rule<GradleTracker>[] = [
  {
    id: "failure",
    needles: [" FAILED", "[31mFAILED "],
    pattern: /^((?:[\w$.-]+(?:\[[^\]>]*\])?|[A-Z][^>]{0,200}) > .+) FAILED$/,
    example: "com.acme.StoreTest > get() FAILED\n    java.lang.AssertionError at StoreTest.java:9\n",
    test: "get()",
    run(match, line, tracker) {
      const parts = (match[1] ?? "")
        .split(" > ")
        .filter((part) => !/^Gradle Test (?:Run|Executor)/.test(part));
      const test = parts.pop();
      if (test === undefined || parts.length === 0) return;
      const draft = tracker.sink.fail({ test, suite: parts.join(" > "), line: line.number });
      tracker.read(
        30,
        (text) => /^\S/.test(text),
        (lines) => {
          const end = lines.findIndex((text) => /^\s+at /.test(text));
          if (draft.message === "")
            draft.message = messageOf(lines.slice(0, end < 0 ? 10 : Math.min(end, 10)));
        },
      );
    },
  },
  {
    id: "logger",
    needles: [" FAILED", "  ✘ ", "✘\u001b["],
    pattern: /^\s{2,}(?:Test (\S.*?) FAILED|✘ (\S.*?))(?: \([\d.]+m?s\))?$/,
    example:
      "acme.StoreTest\n\n  Test puts() PASSED\n  Test gets() FAILED (1.2s)\n\n  java.lang.AssertionError: 2 is not 3\n      at acme.StoreTest.gets(StoreTest.java:12)\n\nFAILURE: Executed 2 tests in 1.2s (1 failed)\n",
    test: "gets()",
    run: (match, line, tracker) => tracker.log(match[1] ?? match[2] ?? "", line),
  },
  {
    id: "logger-end",
    needles: ["FAILURE: Executed "],
    pattern: /^FAILURE: Executed \d+ tests? in /,
    example: "FAILURE: Executed 2 tests in 1.2s (1 failed)",
    test: null,
    run: (_match, _line, tracker) => tracker.settle(),
  },
  {
    id: "native",
    needles: [" FAILED"],
    pattern: /^((?:[\w$]+\.)+)([\w$][\w$ -]*)\[[\w.,: ()-]+\] FAILED$/,
    example: "com.acme.StoreTest.get[linuxX64] FAILED\n    kotlin.AssertionError: 2 is not 3\n",
    test: "get",
    run(match, line, tracker) {
      const suite = (match[1] ?? "").slice(0, -1);
      const draft = tracker.sink.fail({ test: match[2] ?? "", suite, line: line.number });
      tracker.read(
        8,
        (text) => /^\S|^\s+at /.test(text),
        (lines) => {
          if (draft.message === "") draft.message = messageOf(lines, 6);
        },
      );
    },
  },
];

/** Gradle's test logger, for JUnit, TestNG, Spock and Kotlin, also where it is not run by the JVM. */
export const gradle = defineFramework("gradle", (sink) => new GradleTracker(sink), rules);
