import { rm } from "node:fs/promises";
import { join } from "node:path";
import { errorText } from "../../../kernel/errors.ts";
import type { Sha } from "../../../kernel/ids.ts";
import type { Replayed } from "../../../ports/git.ts";
import type { FixCommit, Runs } from "../model.ts";
import { checkAlive, type FixRun, TaskEnd } from "./context.ts";
import { parseDiff } from "./gates/index.ts";
import { isTestPath } from "./gates/syntax/index.ts";
import type { Generated } from "./generate.ts";
import type { FinishCall } from "./tools.ts";
import { freshTree, prepareFrom, type Tree, type Trees } from "./trees.ts";
import { checkChange } from "./validate.ts";

interface Moved {
  base: Sha;
  made: Generated;
}

/**
 * Where others moved the base in the meantime, puts the commits on the newest one and checks them there. Lines of a
 * test that both changed are kept of both; any other file that both changed stays theirs, and the result is labelled.
 * What does not pass there stays on the old base, which is said.
 */
export async function onNewest(
  run: FixRun,
  trees: Trees,
  made: Generated,
  before: Runs | null,
): Promise<Moved> {
  const stay = { base: trees.base, made };
  const { input, deps, record } = run;
  if (input.kind !== "task" || made.partial?.startsWith("time_limit")) return stay;
  const newest = await deps.git.newest(input.source, input.base);
  if (newest === null || newest === trees.base) return stay;
  const replayed = await replay(run, newest, made.commits);
  const { merged, dropped } = replayed;
  if (merged.length + dropped.length > 0) record.labels.add("needs-manual-review");
  record.notes.push(...bothSides(replayed));
  if (replayed.commits.length === 0)
    throw new TaskEnd("failed", "conflict", `others changed the same files: ${dropped.join(", ")}`);
  const next = { ...made, commits: replayed.commits, patch: replayed.patch };
  const failed = await checkThere(run, newest, next.patch, before);
  if (failed === null) return { base: newest, made: next };
  record.labels.add("needs-manual-review");
  record.notes.push(
    `The base moved on meanwhile; there the ${failed.gate} gate objects, so this is against the older one.`,
  );
  return stay;
}

/** What became of files that both sides changed, in sentences. */
function bothSides({ merged, dropped }: Pick<Replayed, "merged" | "dropped">): string[] {
  return [
    ...(merged.length === 0
      ? []
      : [`Others changed the same tests; both sides' lines were kept in ${merged.join(", ")}.`]),
    ...(dropped.length === 0
      ? []
      : [`Others changed the same code; this change to it was given up: ${dropped.join(", ")}.`]),
  ];
}

async function replay(run: FixRun, onto: Sha, commits: FixCommit[]): Promise<Replayed> {
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

async function checkThere(
  run: FixRun,
  base: Sha,
  patch: string,
  before: Runs | null,
): Promise<{ gate: string; why: string } | null> {
  checkAlive(run);
  try {
    const trees = await prepareFrom(run, base, "newest", patch);
    const changed = trees.edit;
    let unchanged: Tree | null = null;
    const baseTree = async () => {
      unchanged ??= await freshTree(run, trees, "newest-base");
      return unchanged;
    };
    return await checkChange(run, { changed, base: baseTree }, patch, before);
  } catch (error) {
    if (error instanceof TaskEnd && error.outcome === "failed")
      return { gate: error.code, why: errorText(error) };
    throw error;
  } finally {
    await rm(join(run.scratch, "newest"), { recursive: true, force: true }).catch(() => undefined);
  }
}
