import type { Draft } from "../draft.ts";
import type { Line } from "../line.ts";
import { messageOf } from "../message.ts";
import { defineFramework, type Rule, Tracker } from "../rule.ts";

interface Point {
  readonly draft: Draft;
  readonly indent: number;
}

class TapTracker extends Tracker {
  file: string | undefined;
  /** Failed points of the branch being read, for telling parents from leaves. */
  private points: Point[] = [];
  readonly dubious: { file: string; failed: string; line: Line }[] = [];

  fail(name: string, indent: number, line: Line): void {
    const children = this.points.filter((point) => point.indent > indent);
    this.points = this.points.filter((point) => point.indent < indent);
    if (children.length > 0) {
      for (const { draft } of children)
        draft.suite = draft.suite === undefined ? name : `${name} > ${draft.suite}`;
      this.points.push(...children.map(({ draft }) => ({ draft, indent })));
      return;
    }
    const draft = this.sink.fail({ test: name, file: this.file, line: line.number });
    this.points.push({ draft, indent });
    this.details(draft);
  }

  private details(draft: Draft): void {
    const END = /^\s*(?:not )?ok \d|^\s*\.\.\.$|^1\.\.\d|^\s*# Subtest/;
    this.read(
      60,
      (text) => END.test(text),
      (lines) => {
        if (draft.message !== "") return;
        const error = lines.findIndex((text) => /^\s+(?:error|message|stack): /.test(text));
        const told =
          error < 0
            ? lines.filter((text) => /^\s*#/.test(text)).map((text) => text.replace(/^\s*# ?/, ""))
            : yamlText(lines, error);
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
    const drafts = this.sink.drafts.filter(
      (draft) => draft.file === undefined || !this.dubious.some((one) => one.file === draft.file),
    );
    if (drafts.length > 0) return;
    for (const { file, failed, line } of this.dubious)
      this.sink.fail({ test: file, file, message: failed, line: line.number });
  }
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
    pattern: /^(\s*)not ok(?: (\d+))?(?:(?: -)? (\S.*?))?(?: # time=\S+)?$/,
    example: "not ok 13 - gets what was put\n#\n#\ttest 1 = 2\nok 14 - more",
    test: "gets what was put",
    run(match, line, tracker) {
      const name = match[3] ?? `test ${match[2] ?? ""}`;
      if (match[2] === undefined && match[3] === undefined) return;
      if (/ # (?:TODO|SKIP)\b/i.test(name) || /^# (?:TODO|SKIP)\b/i.test(name)) return;
      tracker.fail(name, (match[1] ?? "").length, line);
    },
  },
  {
    id: "prove",
    needles: ["(Wstat: "],
    pattern: /^(\S+)\s+\(Wstat: \d+.*? Tests: \d+ Failed: (\d+)\)/,
    example: "t/store.t  (Wstat: 256 Tests: 13 Failed: 1)\n  Failed test:  13",
    test: "t/store.t",
    run(match, line, tracker) {
      if (match[2] === "0" || tracker.dubious.length > 1000) return;
      const entry = { file: match[1] ?? "", failed: "", line };
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
