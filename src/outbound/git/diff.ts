import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { RefusedError } from "../../kernel/errors.ts";
import type { Sha } from "../../kernel/ids.ts";
import { makeTrusted, trustedDir } from "./checkout.ts";
import { git } from "./command.ts";
import { resolveCommit } from "./mirror.ts";

/** How a change is written everywhere: whole, without renames, and without any program that settings name. */
export const DIFF = [
  "diff",
  "--binary",
  "--full-index",
  "--no-color",
  "--no-ext-diff",
  "--no-textconv",
  "--no-renames",
];
/** Whole files around each change, for readers that look at syntax. */
const WHOLE = "--unified=1000000";
export const MAX_PATCH_BYTES = 16 * 1024 * 1024;

/** The working tree of a clone against `base`, new files included, ignored ones not; the clone's own `.git` is not asked. */
export async function diffTree(dir: string, base: Sha, whole = false): Promise<string> {
  const nested = await nestedRepositories(dir, dir);
  return await withIndex(async (index) => {
    const env = { GIT_DIR: trustedDir(dir), GIT_WORK_TREE: dir, GIT_INDEX_FILE: index };
    await git({ args: ["read-tree", base], cwd: dir, env });
    const exclude = nested.map((path) => `:(exclude,literal)${path}`);
    await git({ args: ["add", "--all", "--", ".", ...exclude], cwd: dir, env });
    const args = [...DIFF, ...(whole ? [WHOLE] : []), "--cached", base];
    return await git({ args, cwd: dir, env, maxBytes: MAX_PATCH_BYTES });
  });
}

/** What a commit changed against its first parent, or against nothing when it has none; the files are shown whole. */
export async function diffOfCommit(repoDir: string, commit: string): Promise<string> {
  const sha = await resolveCommit(repoDir, commit);
  if (sha === null) throw new RefusedError(`the repository has no commit ${commit.slice(0, 80)}`);
  const parent = await resolveCommit(repoDir, `${sha}~1`);
  const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
  return await git({
    args: [...DIFF, WHOLE, parent ?? emptyTree, sha],
    cwd: repoDir,
    maxBytes: MAX_PATCH_BYTES,
  });
}

/** What a patch of anyone's changes on the repository's current commit, in git's own words and with whole files; the repository stays as it is. */
export const diffOfPatch = (repoDir: string, patch: string): Promise<string> =>
  againstHead(repoDir, { args: ["apply", "--cached", "--whitespace=nowarn", "-"], input: patch });

/** What stands in a repository's folder and not in its current commit, ignored files left out; its index stays as it is. */
export const diffOfWorkTree = (repoDir: string): Promise<string> =>
  againstHead(repoDir, { args: ["add", "--all", "--", "."] });

/**
 * The current commit against an index that `stage` changed. The repository's own settings are not read: a filter that
 * they name would be run for every file. What is added goes to a folder of its own.
 */
async function againstHead(repoDir: string, stage: { args: string[]; input?: string }): Promise<string> {
  const head = await resolveCommit(repoDir, "HEAD");
  if (head === null) throw new RefusedError("the repository has no commit yet");
  const ask = async (...args: string[]) => (await git({ args: ["rev-parse", ...args], cwd: repoDir })).trim();
  const exclude = await ask("--git-path", "info/exclude");
  // a bare repository has no top
  const root = await ask("--show-toplevel").catch(() => repoDir);
  return await withIndex(async (index, scratch) => {
    await makeTrusted(root, join(scratch, "read"));
    const env = {
      GIT_DIR: trustedDir(join(scratch, "read")),
      GIT_WORK_TREE: root,
      GIT_INDEX_FILE: index,
    };
    const run = (args: string[], input?: string) =>
      git({ args, cwd: root, env, maxBytes: MAX_PATCH_BYTES, ...(input === undefined ? {} : { input }) }, [
        ["core.excludesFile", resolve(repoDir, exclude)],
      ]);
    await run(["read-tree", head]);
    const nested = stage.args[0] === "add" ? await nestedRepositories(root, root) : [];
    await run([...stage.args, ...nested.map((path) => `:(exclude,literal)${path}`)], stage.input);
    return await run([...DIFF, WHOLE, "--cached", head]);
  });
}

async function withIndex<T>(work: (index: string, scratch: string) => Promise<T>): Promise<T> {
  const scratch = await mkdtemp(join(tmpdir(), "git-index-"));
  try {
    return await work(join(scratch, "index"), scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Folders below the root with a `.git` of their own: git would read settings there, so they are left out. */
async function nestedRepositories(root: string, dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  if (dir !== root && entries.some((entry) => entry.name.toLowerCase() === ".git"))
    return [relative(root, dir)];
  const found: string[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name === ".git" || entry.name === "node_modules") continue;
    found.push(...(await nestedRepositories(root, join(dir, entry.name))));
  }
  return found;
}
