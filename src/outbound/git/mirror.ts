import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RefusedError } from "../../kernel/errors.ts";
import { Sha } from "../../kernel/ids.ts";
import { git } from "./command.ts";
import { parseRemote } from "./remote.ts";

/** Names that git takes for a branch, tag or commit, with `~N` for an ancestor; nothing that could be an option. */
const REF = /^[A-Za-z0-9_][A-Za-z0-9_./+-]*(?:~\d{1,4})?$/;
const FULL_SHA = /^[0-9a-f]{40}$/;

/** Turns a ref into a commit of the repository at `dir`; branches come before tags, as on the forge. Null when unknown. */
export async function resolveCommit(dir: string, ref: string): Promise<Sha | null> {
  if (!REF.test(ref) || ref.includes(".."))
    throw new RefusedError(`not a branch, tag or commit: ${ref.slice(0, 80)}`);
  const plain = ref === "HEAD" || FULL_SHA.test(ref);
  for (const name of plain ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}`, ref]) {
    const found = await git({
      args: ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`],
      cwd: dir,
    }).catch(() => null);
    if (found !== null) return Sha.parse(found.trim());
  }
  return null;
}

const MOST_MIRRORS = 20;
const USED = "last-used";

/** Bare copies of the repositories, one per address, shared by all tasks of this machine. */
export class Mirrors {
  readonly #dir: string;
  readonly #most: number;
  readonly #busy = new Map<string, Promise<unknown>>();

  /** @param most mirrors kept at a time; a repository that comes again later is fetched anew. */
  constructor(dir: string, most = MOST_MIRRORS) {
    this.#dir = dir;
    this.#most = most;
  }

  /** Brings the mirror up to date, unless `ref` is a commit that it has; gives its folder and the commit. */
  async at(cloneUrl: string, ref: string, signal?: AbortSignal): Promise<{ dir: string; sha: Sha }> {
    const remote = parseRemote(cloneUrl);
    const dir = join(this.#dir, `${createHash("sha256").update(remote.url).digest("hex").slice(0, 24)}.git`);
    return await this.#alone(dir, async () => {
      await this.#create(dir);
      // its time says when the mirror was last used
      await writeFile(join(dir, USED), "");
      if (FULL_SHA.test(ref)) {
        const known = await resolveCommit(dir, ref);
        if (known !== null) return { dir, sha: known };
      }
      const fetch = (refs: string[]) =>
        git(
          { args: ["fetch", "--quiet", "--no-tags", "--force", ...refs], cwd: dir, signal },
          remote.settings,
        );
      await fetch(["--prune", remote.url, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"]);
      let sha = await resolveCommit(dir, ref);
      if (sha === null && FULL_SHA.test(ref)) {
        await fetch([remote.url, `+${ref}:refs/kept/${ref}`]);
        sha = await resolveCommit(dir, ref);
      }
      if (sha === null)
        throw new RefusedError(`the repository has no branch, tag or commit ${ref.slice(0, 80)}`);
      return { dir, sha };
    });
  }

  async #create(dir: string): Promise<void> {
    if (existsSync(join(dir, "HEAD"))) return;
    await mkdir(this.#dir, { recursive: true });
    await this.#makeRoom();
    await mkdir(dir, { recursive: true });
    await git({ args: ["init", "--quiet", "--bare", "--template=", dir], cwd: dir });
    await git({ args: ["config", "uploadpack.allowAnySHA1InWant", "true"], cwd: dir });
  }

  /** Takes away the mirrors that were not used for longest, none of the last day, until one more is within the limit. */
  async #makeRoom(): Promise<void> {
    const names = await readdir(this.#dir).catch(() => []);
    const dirs = names.filter((name) => name.endsWith(".git")).map((name) => join(this.#dir, name));
    const idle = dirs.filter((dir) => !this.#busy.has(dir));
    // a task's clone reads the mirror's objects as long as it runs
    const now = join(this.#dir, USED);
    await writeFile(now, "");
    const day = (await stat(now)).mtimeMs - 24 * 3_600_000;
    const used = await Promise.all(
      idle.map(async (dir) => ({ dir, at: (await stat(join(dir, USED)).catch(() => stat(dir))).mtimeMs })),
    );
    const over = dirs.length + 1 - this.#most;
    const old = used.filter(({ at }) => at < day).sort((a, b) => a.at - b.at);
    for (const { dir } of old.slice(0, Math.max(0, over))) await rm(dir, { recursive: true, force: true });
  }

  /** One fetch at a time into each mirror. */
  async #alone<T>(dir: string, work: () => Promise<T>): Promise<T> {
    const before = this.#busy.get(dir) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(work);
    this.#busy.set(dir, mine);
    try {
      return await mine;
    } finally {
      if (this.#busy.get(dir) === mine) this.#busy.delete(dir);
    }
  }
}
