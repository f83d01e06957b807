import { messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

class GinkgoTracker extends Tracker {
  /** What failures said, by place, until the summary names the specs. */
  readonly said = new Map<string, string>();
}

const rules: readonly Rule<GinkgoTracker>[] = [
  {
    id: "summary",
    needles: ["[Fail] ", "[FAIL] ", "[Panic!] ", "[PANICKED!] ", "[TIMEDOUT] "],
    pattern: /^\s*\[(Fail|FAIL|Panic!|PANICKED!|TIMEDOUT)\] (\S.*)$/,
    example: "Summarizing 1 Failure:\n  [FAIL] Store when empty [It] gets nothing\n  /x/store_test.go:12\n",
    test: "gets nothing",
    run(match, line, tracker) {
      const name = match[2] ?? "";
      const at =
        /^(.*?) ?\[(?:It|BeforeEach|AfterEach|JustBeforeEach|BeforeSuite|AfterSuite|Measurement|DeferCleanup[^\]]*)\] ?(.*?)(?: \[[\w\s,:.-]+\])?$/.exec(
          name,
        );
      if (at === null) return;
      const kind = /Panic|PANIC/.test(match[1] ?? "")
        ? "panic"
        : match[1] === "TIMEDOUT"
          ? "timeout"
          : undefined;
      const draft = tracker.sink.fail({
        test: at[2] || at[1] || name,
        suite: at[2] ? at[1] || undefined : undefined,
        line: line.number,
        kind,
      });
      tracker.read(
        1,
        () => false,
        ([next = ""]) => {
          const place = next.trim();
          draft.file ??= /^(\S+?\.go):\d+$/.exec(place)?.[1];
          if (draft.message === "") draft.message = tracker.said.get(place) ?? "";
        },
      );
    },
  },
  {
    id: "message",
    needles: ["[FAILED] ", "[PANICKED] "],
    pattern: /^\s*\[(?:FAILED|PANICKED)\] (?!\[)(\S.*)$/,
    example:
      "  [FAILED] Expected\n      <int>: 1\n  to equal\n      <int>: 2\n  In [It] at: /x/store_test.go:12 @ 01/02/24\n\n  [FAIL] Store [It] gets\n",
    test: "gets",
    run(match, line, tracker) {
      tracker.read(
        10,
        (text, lines) => /^\s*$|^-{10,}/.test(text) || /^\s*In \[/.test(lines.at(-1) ?? ""),
        (lines) => {
          const own = lines.filter((text) => !/^\s*In \[/.test(text));
          const message = messageOf([match[1] ?? "", ...own], 10);
          const before = tracker.sink.drafts.find(
            (draft) => draft.message === "" && draft.line > line.number - 30,
          );
          const place = /^\s*In \[[^\]]*\] at: (\S+?:\d+)/.exec(lines.at(-1) ?? "")?.[1];
          if (before !== undefined) before.message = message;
          else if (place !== undefined && tracker.said.size < 1000) tracker.said.set(place, message);
        },
      );
    },
  },
];

/** Ginkgo. */
export const ginkgo = defineFramework("ginkgo", (sink) => new GinkgoTracker(sink), rules);
