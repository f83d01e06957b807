import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Replayed } from "../../ports/git.ts";
import { trustedDir } from "./checkout.ts";
import { git } from "./command.ts";
import { DIFF, MAX_PATCH_BYTES } from "./diff.ts";

interface Replay {
  /** A fresh clone at the new base, in which nothing has run. */
  dir: string;
  commits: readonly { message: string; patch: string }[];
  isTest: (path: string) => boolean;
}

/** Puts patches one after the other on a clone; conflicts end as `Git.replay` says. The clone is taken away. */
export async function replay({ dir, commits, isTest }: Replay): Promise<Replayed> {
  const done: Replayed = { commits: [], patch: "", merged: [], dropped: [] };
  const treeNow = async () => (await git({ args: ["write-tree"], cwd: dir })).trim();
  const between = (from: string, to: string) =>
    git({ args: [...DIFF, from, to], cwd: dir, maxBytes: MAX_PATCH_BYTES });
  try {
    const first = await treeNow();
    let before = first;
    for (const { message, patch } of commits) {
      for (const part of patch.split(/(?<=\n)(?=diff --git )/)) await putOne(dir, before, part, isTest, done);
      const after = await treeNow();
      if (after !== before) done.commits.push({ message, patch: await between(before, after) });
      before = after;
    }
    done.patch = await between(first, before);
    return done;
  } finally {
    await rm(dir, { recursive: true, force: true });
    await rm(trustedDir(dir), { recursive: true, force: true });
  }
}

/** One file's part of a patch. */
async function putOne(
  dir: string,
  before: string,
  patch: string,
  isTest: (path: string) => boolean,
  done: Replayed,
): Promise<void> {
  const apply = ["apply", "--3way", "--whitespace=nowarn", "-"];
  const clean = await git({ args: apply, cwd: dir, input: patch }).then(
    () => true,
    () => false,
  );
  if (clean) return;
  const stages = await unmerged(dir);
  if (stages.size === 0) done.dropped.push(pathIn(patch));
  for (const [path, blobs] of stages) {
    if (isTest(path) && blobs.has("2") && blobs.has("3")) {
      await keepBoth(dir, path, blobs);
      done.merged.push(path);
    } else {
      await keepTheirs(dir, before, path, blobs.has("2"));
      done.dropped.push(path);
    }
  }
}

/** Conflicting files, with the blobs of their common ancestor (1), of the new base (2) and of the change (3). */
async function unmerged(dir: string): Promise<Map<string, Map<string, string>>> {
  const out = await git({ args: ["ls-files", "--unmerged", "-z"], cwd: dir });
  const stages = new Map<string, Map<string, string>>();
  for (const entry of out.split("\0").filter((line) => line !== "")) {
    const [head = "", path = ""] = entry.split("\t");
    const [, blob = "", stage = ""] = head.split(" ");
    stages.set(path, (stages.get(path) ?? new Map<string, string>()).set(stage, blob));
  }
  return stages;
}

const pathIn = (patch: string): string =>
  /^\+\+\+ b\/(.+)$/m.exec(patch)?.[1] ?? /^--- a\/(.+)$/m.exec(patch)?.[1] ?? "a file";

/** The lines of both sides, one after the other, where they contradict each other. */
async function keepBoth(dir: string, path: string, blobs: ReadonlyMap<string, string>): Promise<void> {
  const sides = [
    ["2", join(dir, ".git", "both-ours")],
    ["1", join(dir, ".git", "both-base")],
    ["3", join(dir, ".git", "both-theirs")],
  ] as const;
  for (const [stage, name] of sides) {
    const blob = blobs.get(stage);
    await writeFile(
      name,
      blob === undefined ? "" : await git({ args: ["cat-file", "blob", blob], cwd: dir }),
    );
  }
  await git({ args: ["merge-file", "--union", ...sides.map(([, name]) => name)], cwd: dir });
  await rm(join(dir, path), { force: true });
  await writeFile(join(dir, path), await readFile(sides[0][1]));
  await git({ args: ["add", "--", `:(literal)${path}`], cwd: dir });
}

async function keepTheirs(dir: string, before: string, path: string, exists: boolean): Promise<void> {
  await git({ args: ["reset", "--quiet", before, "--", `:(literal)${path}`], cwd: dir });
  if (exists) await git({ args: ["checkout-index", "--force", "--", path], cwd: dir });
  else await rm(join(dir, path), { force: true });
}
