import { join } from "node:path";
import type { Sha } from "../../../kernel/ids.ts";
import type { Replayed } from "../../../ports/git.ts";
import type { FixCommit } from "../model.ts";
import { type FixRun, TaskEnd } from "./context.ts";
import { parseDiff } from "./gates/index.ts";
import { isTestPath } from "./gates/syntax/index.ts";
import type { FinishCall } from "./tools.ts";

/** What became of files that both sides changed, in sentences. */
export function bothSides({ merged, dropped }: Pick<Replayed, "merged" | "dropped">): string[] {
  return [
    ...(merged.length === 0
      ? []
      : [`Others changed the same tests; both sides' lines were kept in ${merged.join(", ")}.`]),
    ...(dropped.length === 0
      ? []
      : [`Others changed the same code; this change to it was given up: ${dropped.join(", ")}.`]),
  ];
}

/** Puts commits onto another base, in a clone of its own; lines of tests that both sides changed are kept of both. */
export async function replay(run: FixRun, onto: Sha, commits: FixCommit[]): Promise<Replayed> {
  const dir = join(run.scratch, "replay");
  const { source } = run.input;
  return await run.deps.git.replay({ source, onto, dir, commits, isTest: isTestPath });
}

/** Of a file's part of the old patch so much is shown. */
const MOST_SHOWN = 6000;

/**
 * For a round on a conflict: the patch so far is put onto the newest base by the same rules before anything else, and
 * the round goes on from there. What both sides changed stands in the remark's code, for the fixer to settle.
 */
export async function settleConflict(run: FixRun): Promise<void> {
  const { input, deps, record } = run;
  const { conflict, resumePatch } = input;
  if (conflict === undefined || resumePatch === undefined) return;
  const onto = await deps.git.newest(input.source, conflict.base);
  if (onto === null) throw new TaskEnd("failed", "conflict", `there is no branch ${conflict.base} any more`);
  const replayed = await replay(run, onto, [{ message: "Change so far", patch: resumePatch }]);
  const { merged, dropped, patch } = replayed;
  if (patch === "" && dropped.length === 0)
    throw new TaskEnd("failed", "conflict", `${conflict.base} holds this change already`);
  record.moved = { onto, merged, dropped };
  // a person should read what was put together; no later batch takes the label away
  if (merged.length + dropped.length > 0) record.keptLabels.add("needs-manual-review");
  record.notes.push(...bothSides({ merged, dropped: [] }));
  const both = parseDiff(resumePatch).files.filter(({ path }) => [...merged, ...dropped].includes(path));
  const was = both.map(({ raw }) => raw.slice(0, MOST_SHOWN)).join("");
  const reviewComments = input.reviewComments.map((comment) =>
    comment.id === conflict.remark
      ? { ...comment, body: `${comment.body} ${stateWords(record.moved)}`, diffHunk: was }
      : comment,
  );
  run.input = { ...input, base: onto, resumePatch: patch, reviewComments };
}

function stateWords(moved: FixRun["record"]["moved"]): string {
  const { merged = [], dropped = [] } = moved ?? {};
  const kept = merged.length === 0 ? "" : ` In ${merged.join(", ")} the lines of both sides stand now.`;
  const gone =
    dropped.length === 0
      ? ""
      : ` In ${dropped.join(", ")} only the base's lines stand: make the change anew.`;
  return `The files are on the newest base.${kept}${gone} Below is your change as it was before.`;
}

/** Says by itself what a fixer would, where git settled a conflict and nobody asks for more; else null. */
export function settledByGit(run: FixRun): FinishCall | null {
  const { conflict } = run.input;
  const { moved } = run.record;
  if (conflict === undefined || moved === null || !conflict.alone) return null;
  if (moved.dropped.length > 0 || conflict.summary === null) return null;
  const said = `Put onto \`${conflict.base}\` at ${moved.onto.slice(0, 10)} as one commit; all checks of mine and the proof ran again there.`;
  const text = [said, ...bothSides(moved)].join(" ");
  return { ...conflict.summary, replies: [{ comment_id: conflict.remark, text }] };
}
