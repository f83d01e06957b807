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

export interface Identity {
  name: string;
  email: string;
}

/** Answers kept at most; a playground that runs for days must not grow. */
const MOST_ANSWERS = 2000;

const FULL = "[0-9a-f]{40}";
const BY_FULL_NAME = new RegExp(`^${FULL}(\\^\\{commit\\}|\\.\\.${FULL}|:.*)?$`);

/** Whether all revisions of a question, those before `--`, are full names of commits: its answer can't change. */
function lasts([verb = "", ...args]: string[]): boolean {
  const end = args.indexOf("--");
  const revisions = (end < 0 ? args : args.slice(0, end)).filter((arg) => !arg.startsWith("-"));
  const named = verb === "cat-file" ? revisions.slice(1) : revisions;
  return named.length > 0 && named.every((name) => BY_FULL_NAME.test(name));
}

/** Runs git with an environment of its own, so that nobody's configuration leaks in. */
export class Git {
  #backend: string | null = null;
  readonly #answers = new Map<string, GitResult>();

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
    return output(args, await this.try(dir, args, env));
  }

  /**
   * `try` for a question about commits, with paths behind `--`. Each would start a process, and pages, hooks and
   * polls ask the same ones over and over: answers that can't change are kept.
   */
  async ask(dir: string, args: string[]): Promise<GitResult> {
    if (!lasts(args)) return this.try(dir, args);
    const key = [dir, ...args].join("\0");
    const kept = this.#answers.get(key);
    if (kept) return kept;
    const result = await this.try(dir, args);
    // a commit that is unknown now may be pushed later; 1 is the "no" of `merge-base`
    if (result.code === 0 || (result.code === 1 && args[0] === "merge-base")) this.#keep(key, result);
    return result;
  }

  #keep(key: string, result: GitResult): void {
    const [oldest] = this.#answers.keys();
    if (oldest !== undefined && this.#answers.size >= MOST_ANSWERS) this.#answers.delete(oldest);
    this.#answers.set(key, result);
  }

  /** The output of `ask`. Throws when git exits with anything but 0. */
  async answer(dir: string, args: string[]): Promise<string> {
    return output(args, await this.ask(dir, args));
  }

  /** The commit a name stands for, or null. */
  async resolve(dir: string, name: string): Promise<string | null> {
    if (name.startsWith("-")) return null;
    const tip = /^refs\/heads\/[\w-]+(\/[\w-]+)*$/.test(name) ? await tipOf(dir, name) : null;
    if (tip !== null) return tip;
    const result = await this.ask(dir, ["rev-parse", "--verify", "--quiet", `${name}^{commit}`]);
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
    return (await this.ask(dir, ["merge-base", "--is-ancestor", ancestor, descendant])).code === 0;
  }

  /** The best common ancestor, or null for unrelated histories. */
  async mergeBase(dir: string, a: string, b: string): Promise<string | null> {
    const result = await this.ask(dir, ["merge-base", a, b]);
    return result.code === 0 ? result.stdout.trim() : null;
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

function output(args: string[], { code, stdout, stderr }: GitResult): string {
  if (code !== 0) throw new Error(`git ${args.join(" ")}: ${stderr.trim()}`);
  return stdout;
}

/** Where a branch stands, by git's own files: it has one of its own, or a line among the packed ones. */
async function tipOf(dir: string, ref: string): Promise<string | null> {
  const own = await readFile(join(dir, ref), "utf8").catch(() => "");
  if (/^[0-9a-f]{40}\n$/.test(own)) return own.trim();
  const packed = await readFile(join(dir, "packed-refs"), "utf8").catch(() => "");
  const line = packed.split("\n").find((entry) => entry.endsWith(` ${ref}`));
  return line?.match(/^[0-9a-f]{40}(?= )/)?.[0] ?? null;
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
