import { messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

const rules: readonly Rule<Tracker>[] = [
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
export const gradle = defineFramework("gradle", (sink) => new Tracker(sink), rules);
