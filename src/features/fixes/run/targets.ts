import { lstat } from "node:fs/promises";
import { dirname } from "node:path";
import type { TaskRules } from "../model.ts";
import { type FixRun, rulesOf } from "./context.ts";
import { insidePath } from "./files.ts";
import { matchesGlob } from "./gates/scope.ts";
import { inSandbox, type Tree } from "./trees.ts";

/** Files that one turn of the fixer is about; none of them named where the task is one batch. */
export interface Target {
  name: string;
  files: string[];
}

const MAX_TARGETS = 500;

/** What is checked, committed and rolled back together with a file. */
export const batchOf = (mode: TaskRules["batch"], path: string): string =>
  mode === "all" ? "" : mode === "directory" ? dirname(path) : path;

/**
 * The task's targets in the order of their paths: files of the repository that `target.include` names, and those it
 * names plainly that are still to be made.
 */
export async function targetsOf(run: FixRun, tree: Tree): Promise<Target[]> {
  const { batch } = rulesOf(run);
  const { allow, deny } = run.input.paths;
  if (batch === "all" || allow.length === 0) return [{ name: "", files: [] }];
  const tracked = await inSandbox(run, tree, ["git", "-c", "safe.directory=*", "ls-files", "-z"], {
    timeoutMs: 60_000,
  });
  const named = (globs: readonly string[], path: string) => globs.some((glob) => matchesGlob(glob, path));
  const paths = tracked.output.split("\0").filter((path) => path !== "");
  const found = new Set(paths.filter((path) => named(allow, path) && !named(deny, path)));
  for (const path of allow) {
    if (/[*?[{]/.test(path) || path.endsWith("/")) continue;
    const there = await lstat(await insidePath(tree.dir, path)).catch(() => null);
    if (there === null) found.add(path);
  }
  const targets = new Map<string, string[]>();
  for (const path of [...found].sort().slice(0, MAX_TARGETS)) {
    const name = batchOf(batch, path);
    targets.set(name, [...(targets.get(name) ?? []), path]);
  }
  return [...targets].map(([name, files]) => ({ name, files }));
}
