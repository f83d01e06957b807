import { rm } from "node:fs/promises";
import { join } from "node:path";
import { errorText } from "../../../kernel/errors.ts";
import type { Sha } from "../../../kernel/ids.ts";
import type { Runs } from "../model.ts";
import { checkAlive, type FixRun, TaskEnd } from "./context.ts";
import type { Generated } from "./generate.ts";
import { bothSides, replay } from "./settle.ts";
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
