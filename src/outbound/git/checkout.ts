import { existsSync } from "node:fs";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sha } from "../../kernel/ids.ts";
import type { Checkout } from "../../ports/git.ts";
import { git } from "./command.ts";

/**
 * Beside each clone lies a git folder that only reads the source's objects. The clone's own `.git` may be rewritten
 * by a stranger's code in the sandbox, and git obeys what it finds there; so what runs outside uses this one.
 */
export const trustedDir = (dir: string): string => `${dir}.git`;

/** A full copy of `source` at `sha` in `dir`: own objects, no remote, no hooks, HEAD detached, submodules left alone. */
export async function cloneAt(
  source: string,
  sha: Sha,
  dir: string,
  signal?: AbortSignal,
): Promise<Checkout> {
  await git({
    args: ["clone", "--quiet", "--no-hardlinks", "--no-checkout", "--template=", "--", source, dir],
    cwd: "/",
    signal,
  });
  // in place of what git would do itself: a program started is the dearest part of a clone
  await writeFile(join(dir, ".git", "config"), CONFIG);
  await rm(join(dir, ".git", "refs", "remotes"), { recursive: true, force: true });
  await dropRemoteRefs(join(dir, ".git", "packed-refs"));
  await rm(join(dir, ".git", "logs"), { recursive: true, force: true });
  const checkout = ["checkout", "--quiet", "--force", "--detach", sha];
  const has = await git({ args: checkout, cwd: dir, signal }).then(
    () => true,
    () => false,
  );
  if (!has) {
    // a commit that no branch of the source holds
    await git({ args: ["fetch", "--quiet", "--no-tags", source, sha], cwd: dir, signal });
    await git({ args: checkout, cwd: dir, signal });
  }
  await makeTrusted(source, dir);
  return { dir, head: sha };
}

async function dropRemoteRefs(file: string): Promise<void> {
  const packed = await readFile(file, "utf8").catch(() => null);
  if (packed === null) return;
  await writeFile(file, packed.replace(/^[0-9a-f]{40,64} refs\/remotes\/.*\n(?:\^.*\n)*/gm, ""));
}

const CONFIG = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n";
const BARE = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n";

/** What `git init --bare` would make, reading the source's objects. */
export async function makeTrusted(source: string, dir: string): Promise<void> {
  const trusted = trustedDir(dir);
  await mkdir(join(trusted, "objects", "info"), { recursive: true });
  await mkdir(join(trusted, "refs", "heads"), { recursive: true });
  await writeFile(join(trusted, "HEAD"), "ref: refs/heads/main\n");
  await writeFile(join(trusted, "config"), BARE);
  await writeFile(join(trusted, "objects", "info", "alternates"), `${await objectsOf(source)}\n`);
}

async function objectsOf(source: string): Promise<string> {
  for (const folder of [join(source, ".git", "objects"), join(source, "objects")]) {
    const found = await stat(folder).catch(() => null);
    if (found?.isDirectory() && existsSync(join(folder, "../HEAD"))) return folder;
  }
  // the work tree of another repository, or a folder inside of one
  const objects = (await git({ args: ["rev-parse", "--git-path", "objects"], cwd: source })).trim();
  return objects.startsWith("/") ? objects : join(source, objects);
}
