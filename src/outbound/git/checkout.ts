import { mkdir, writeFile } from "node:fs/promises";
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
  const has = await git({ args: ["cat-file", "-e", `${sha}^{commit}`], cwd: dir }).then(
    () => true,
    () => false,
  );
  if (!has) await git({ args: ["fetch", "--quiet", "--no-tags", source, sha], cwd: dir, signal });
  await git({ args: ["remote", "remove", "origin"], cwd: dir });
  await git({ args: ["checkout", "--quiet", "--force", "--detach", sha], cwd: dir, signal });
  await makeTrusted(source, dir);
  return { dir, head: sha };
}

async function makeTrusted(source: string, dir: string): Promise<void> {
  const trusted = trustedDir(dir);
  const objects = (await git({ args: ["rev-parse", "--git-path", "objects"], cwd: source })).trim();
  await git({ args: ["init", "--quiet", "--bare", "--template=", trusted], cwd: "/" });
  await mkdir(join(trusted, "objects", "info"), { recursive: true });
  const absolute = objects.startsWith("/") ? objects : join(source, objects);
  await writeFile(join(trusted, "objects", "info", "alternates"), `${absolute}\n`);
}
