import type { Draft } from "../draft.ts";
import type { Line } from "../line.ts";
import { above, messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

interface Point {
  readonly draft: Draft;
  readonly indent: number;
}

class TapTracker extends Tracker {
  file: string | undefined;
  /** Failed points of the branch being read, for telling parents from leaves. */
  private points: Point[] = [];
  /** Files that `prove` found wanting; `died` where all tests that ran had passed. */
  readonly dubious: { file: string; failed: string; line: Line; died: boolean }[] = [];

  fail(name: string, indent: number, line: Line, told?: { file: string; message: string }): void {
    const children = this.points.filter((point) => point.indent > indent);
    this.points = this.points.filter((point) => point.indent < indent);
    if (children.length > 0) {
      for (const { draft } of children)
        draft.suite = draft.suite === undefined ? name : `${name} > ${draft.suite}`;
      this.points.push(...children.map(({ draft }) => ({ draft, indent })));
      return;
    }
    const draft = this.sink.fail({ test: name, file: this.file, line: line.number, ...told });
    this.points.push({ draft, indent });
    if (told === undefined) this.details(draft);
  }

  /** Whether a name is that of a test around others, which have been told. */
  named(name: string): boolean {
    return this.sink.drafts.some((draft) => draft.suite?.split(" > ").includes(name));
  }

  private details(draft: Draft): void {
    const END = /^\s*(?:not )?ok \d|^\s*\.\.\.$|^1\.\.\d|^\s*# (?:Subtest|tests \d)/;
    this.read(
      60,
      (text) => END.test(text),
      (lines) => {
        if (draft.message !== "") return;
        const error = lines.findIndex((text) => /^\s+(?:error|message|stack): /.test(text));
        const told = error < 0 ? diagnostics(lines) : yamlText(lines, error);
        const timeout = lines.some((text) =>
          /failureType: 'testTimeoutFailure'|severity: 'timeout'|timed out/.test(text),
        );
        draft.message = messageOf(told, 12);
        if (timeout) draft.kind = "timeout";
      },
    );
  }

  override end(): void {
    super.end();
    const unplaced = this.sink.drafts.some((draft) => draft.file === undefined);
    for (const { file, failed, line, died } of this.dubious) {
      const told = this.sink.drafts.some((draft) => draft.file === file) || (unplaced && !died);
      if (!told) this.sink.fail({ test: file, file, message: failed, line: line.number });
    }
  }
}

/** What is said in comments, or else below the point without any mark. */
function diagnostics(lines: readonly string[]): string[] {
  const comments = lines.filter((text) => /^\s*#/.test(text));
  if (comments.length > 0) return comments.map((text) => text.replace(/^\s*# ?/, ""));
  const end = lines.findIndex((text, at) => /^\s+at /.test(text) || (at === 0 && !/^\s/.test(text)));
  return lines.slice(0, end < 0 ? undefined : end);
}

/** A YAML scalar of a diagnostic block: on its line, or indented below it. */
function yamlText(lines: readonly string[], at: number): string[] {
  const first = lines[at] ?? "";
  const inline = /: (.*)$/.exec(first)?.[1] ?? "";
  if (!/^[|>]-?$/.test(inline)) return [inline.replace(/^(['"])(.*)\1$/, "$2")];
  const indent = first.search(/\S/);
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((text) => text.trim() !== "" && text.search(/\S/) <= indent);
  return end < 0 ? rest : rest.slice(0, end);
}

const rules: readonly Rule<TapTracker>[] = [
  {
    id: "not-ok",
    needles: ["not ok "],
    pattern:
      /^(\s*(?:# )*)not ok(?:\s+(\d+))?(?:(?:\s+[-+](?=\s))?\s+(\S.*?))?(?: {2,}\d+ ms)?(?: # (?:time=|exit=|TIMEOUT).*)?$/,
    example: "not ok 13 - gets what was put\n#\n#\ttest 1 = 2\nok 14 - more",
    test: "gets what was put",
    run(match, line, tracker) {
      // Testem puts how long the test took into its name
      const name = (match[3] ?? `test ${match[2] ?? ""}`).replace(/^(\S.*? - )\[\d+ ms\] - /, "$1");
      if (match[2] === undefined && match[3] === undefined) return;
      if (/ # (?:TODO|SKIP)\b/i.test(name) || /^# (?:TODO|SKIP)\b/i.test(name)) return;
      tracker.fail(name, (match[1] ?? "").length, line);
    },
  },
  {
    id: "failed-test",
    needles: ["#   Failed test"],
    pattern: /^(\s*)# {3}Failed test(?: '(.*)')?$/,
    example:
      "#   Failed test 'gets what was put'\n#   at t/store.t line 3.\n#          got: '2'\n#     expected: '3'\n# Looks like you failed 1 test of 3.\n",
    test: "gets what was put",
    run(match, line, tracker) {
      tracker.read(
        20,
        (text) => !/^\s*#/.test(text) || /^\s*# {1,3}(?:Failed test|Looks like)/.test(text),
        (lines) => {
          const place = /^\s*# +(?:in|at) (\S+) (?:at )?line (\d+)/.exec(lines[0] ?? "");
          if (place?.[1] === undefined) return;
          const told = messageOf(diagnostics(lines.slice(1)), 12);
          const test = match[2] ?? `line ${place[2]}`;
          if (tracker.named(test)) return;
          tracker.fail(test, (match[1] ?? "").length, line, { file: place[1], message: told || test });
        },
      );
    },
  },
  {
    id: "bats-pretty",
    needles: ["in test file "],
    pattern: /^\s+(?:\(.*)?in test file (\S+), line \d+\)$/,
    example: " ✗ gets what was put\n   (in test file store.bats, line 2)\n     `[ 2 = 3 ]' failed\n ✓ puts\n",
    test: "gets what was put",
    run(match, line, tracker) {
      // functions that the line was called from may stand between
      const between = above(line, 12, (text) => !/^\s{3,}(?:\(from|from|in) /.test(text)).length;
      const test = /✗ (\S.*?)(?: \[\d+\])?$/.exec(line.before(between + 1))?.[1];
      if (test === undefined) return;
      const draft = tracker.sink.fail({ test, file: match[1], line: line.number });
      tracker.read(
        12,
        (text) => !/^\s{3,}\S/.test(text) || /^\s*[✓✗-] /.test(text),
        (lines) => {
          if (draft.message === "") draft.message = messageOf(lines, 10);
        },
      );
    },
  },
  {
    id: "prove",
    needles: ["(Wstat: "],
    pattern: /^(\S+)\s+\(Wstat: (\d+).*? Tests: \d+ Failed: (\d+)\)/,
    example: "t/store.t  (Wstat: 256 Tests: 13 Failed: 1)\n  Failed test:  13",
    test: "t/store.t",
    run(match, line, tracker) {
      const died = match[3] === "0";
      if ((died && match[2] === "0") || tracker.dubious.length > 1000) return;
      const entry = { file: match[1] ?? "", failed: "", line, died };
      tracker.dubious.push(entry);
      tracker.read(
        1,
        () => false,
        ([next = ""]) => {
          entry.failed = next.trim();
        },
      );
    },
  },
];

/** The Test Anything Protocol: prove, node-tap, bats, git's own suite, `node --test` with its TAP reporter. */
export const tap = defineFramework("tap", (sink) => new TapTracker(sink), rules);
