import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importStream, type NewCommit } from "./fast-import.ts";

export interface GitResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** After commits, merges and fetches git would start a process that looks for something to tidy up. */
const NO_UPKEEP = {
  GIT_CONFIG_COUNT: "2",
  GIT_CONFIG_KEY_0: "maintenance.auto",
  GIT_CONFIG_VALUE_0: "false",
  GIT_CONFIG_KEY_1: "gc.auto",
  GIT_CONFIG_VALUE_1: "0",
};

/** Answers that are kept. */
const MOST_KNOWN = 2000;

export interface Identity {
  name: string;
  email: string;
}

/** Runs git with an environment of its own, so that nobody's configuration leaks in. */
export class Git {
  #backend: string | null = null;
  readonly #known = new Map<string, Promise<string>>();

  constructor(
    readonly binary: string,
    private readonly path: string,
    private readonly home: string,
  ) {}

  /** The environment every git process gets. */
  env(): Record<string, string> {
    return {
      PATH: this.path,
      HOME: this.home,
      LC_ALL: "C",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_TERMINAL_PROMPT: "0",
      // no samples of hooks: twenty files for each repository that lives for a second
      GIT_TEMPLATE_DIR: "",
      ...NO_UPKEEP,
    };
  }

  /** Runs git in `dir`, with `input` to read, and returns what came of it, whatever the exit code. */
  async try(
    dir: string,
    args: string[],
    env: Record<string, string> = {},
    input?: string,
  ): Promise<GitResult> {
    const child = Bun.spawn([this.binary, "-c", "core.quotePath=false", ...args], {
      cwd: dir,
      env: { ...this.env(), ...env },
      stdin: input === undefined ? "ignore" : Buffer.from(input),
      stdout: "pipe",
      stderr: "pipe",
    });
    const [stdout, stderr, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    return { code, stdout, stderr };
  }

  /** Absolute path of git's own CGI program. */
  async httpBackend(dir: string): Promise<string> {
    this.#backend ??= join((await this.run(dir, ["--exec-path"])).trim(), "git-http-backend");
    return this.#backend;
  }

  /** Runs git in `dir` and returns its output. Throws when it exits with anything but 0. */
  async run(dir: string, args: string[], env: Record<string, string> = {}): Promise<string> {
    const result = await this.try(dir, args, env);
    if (result.code !== 0) throw new Error(`git ${args.join(" ")}: ${result.stderr.trim()}`);
    return result.stdout;
  }

  /** As `run`, for questions that name commits by their ids alone: what was answered once stays true. */
  lasting(dir: string, args: string[]): Promise<string> {
    const key = [dir, ...args].join("\0");
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    const asked = this.run(dir, args);
    this.#known.set(key, asked);
    // what is not there may come yet
    asked.catch(() => this.#known.delete(key));
    return asked;
  }

  /** The commit a name stands for, or null. */
  async resolve(dir: string, name: string): Promise<string | null> {
    if (name.startsWith("-")) return null;
    const branch = /^refs\/heads\/[\w-]+(?:\/[\w-]+)*$/.test(name) ? await tipOf(dir, name) : null;
    if (branch !== null) return branch;
    const wanted = ["rev-parse", "--verify", "--quiet", `${name}^{commit}`];
    if (/^[0-9a-f]{40}$/.test(name)) return this.lasting(dir, wanted).then(trimmed, () => null);
    const result = await this.try(dir, wanted);
    return result.code === 0 ? result.stdout.trim() : null;
  }

  /** All branches with their tips. */
  async branches(dir: string): Promise<Map<string, string>> {
    const out = await this.run(dir, [
      "for-each-ref",
      "--format=%(refname:lstrip=2) %(objectname)",
      "refs/heads",
    ]);
    const lines = out.split("\n").filter(Boolean);
    return new Map(
      lines.map((line) => {
        const space = line.lastIndexOf(" ");
        return [line.slice(0, space), line.slice(space + 1)];
      }),
    );
  }

  /** Whether `ancestor` is reachable from `descendant`. */
  async contains(dir: string, ancestor: string, descendant: string): Promise<boolean> {
    return (await this.try(dir, ["merge-base", "--is-ancestor", ancestor, descendant])).code === 0;
  }

  /** The best common ancestor, or null for unrelated histories. */
  mergeBase(dir: string, a: string, b: string): Promise<string | null> {
    return this.lasting(dir, ["merge-base", a, b]).then(trimmed, () => null);
  }

  /** Makes a commit and moves its branch there. @returns its name. */
  async commit(dir: string, commit: NewCommit): Promise<string> {
    const made = await this.try(dir, ["fast-import", "--quiet"], {}, importStream(commit));
    if (made.code !== 0) throw new Error(`git fast-import: ${made.stderr.trim()}`);
    return made.stdout.trim();
  }

  /** Runs `work` in a temporary work tree of a bare repository at `sha`; the tree is removed afterwards. */
  async inWorktree<T>(dir: string, sha: string, work: (tree: string) => Promise<T>): Promise<T> {
    const parent = await mkdtemp(join(tmpdir(), "playground-tree-"));
    const tree = join(parent, "tree");
    try {
      await this.run(dir, ["worktree", "add", "--quiet", "--detach", tree, sha]);
      return await work(tree);
    } finally {
      await rm(parent, { recursive: true, force: true });
      await this.try(dir, ["worktree", "prune"]);
    }
  }
}

const trimmed = (text: string): string => text.trim();

/** Tip of a branch as its file has it, or the list of those that did not move; null where neither tells. */
async function tipOf(dir: string, ref: string): Promise<string | null> {
  const read = (file: string) => readFile(join(dir, file), "utf8").catch(() => "");
  const own = /^([0-9a-f]{40})\n$/.exec(await read(ref));
  if (own?.[1] !== undefined) return own[1];
  const packed = (await read("packed-refs")).split("\n").find((line) => line.endsWith(` ${ref}`));
  return /^([0-9a-f]{40}) /.exec(packed ?? "")?.[1] ?? null;
}

/** Variables that make somebody author and committer of a commit at `date` (ISO 8601). */
export const authorEnv = (who: Identity, date: string): Record<string, string> => ({
  GIT_AUTHOR_NAME: who.name,
  GIT_AUTHOR_EMAIL: who.email,
  GIT_AUTHOR_DATE: date,
  GIT_COMMITTER_NAME: who.name,
  GIT_COMMITTER_EMAIL: who.email,
  GIT_COMMITTER_DATE: date,
});
