import { appendFile, cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { authorEnv, type Identity } from "./git.ts";
import type { Repo } from "./model.ts";
import type { Protection } from "./options.ts";
import { afterPush } from "./pushes.ts";
import type { World } from "./world.ts";

/** Contents by path; null deletes the file. */
export type Files = Record<string, string | null>;

export interface RepositoryOptions {
  description?: string;
  private?: boolean;
  protection?: Partial<Protection>;
  /** `owner/name` this is a fork of; it starts with that repository's branches. */
  forkOf?: string;
  /** Who makes the first commit: a login. Default: the first of the people. */
  author?: string;
  /** Number of its first issue or pull request. Default 1. */
  firstNumber?: number;
}

const writeFiles = async (tree: string, files: Files): Promise<void> => {
  for (const [path, content] of Object.entries(files)) {
    const target = join(tree, path);
    if (content === null) await rm(target, { force: true });
    else {
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, content);
    }
  }
};

const copyFolder = async (from: string, tree: string): Promise<void> => {
  const skipped = new Set([".git", "node_modules"]);
  for (const name of await readdir(from)) {
    if (!skipped.has(name)) await cp(join(from, name), join(tree, name), { recursive: true });
  }
};

const firstCommit = async (
  world: World,
  gitDir: string,
  source: Files | string,
  who: Identity,
): Promise<void> => {
  const tree = await mkdtemp(join(tmpdir(), "playground-first-"));
  try {
    await world.git.run(tree, ["init", "--quiet"]);
    await world.git.run(tree, ["symbolic-ref", "HEAD", "refs/heads/main"]);
    if (typeof source === "string") await copyFolder(source, tree);
    else await writeFiles(tree, source);
    const env = authorEnv(who, world.now());
    await world.git.run(tree, ["add", "--all", "--force"]);
    await world.git.run(tree, ["commit", "--quiet", "--allow-empty", "-m", "Initial commit"], env);
    await world.git.run(tree, ["clone", "--quiet", "--bare", tree, gitDir]);
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
};

// Appended by hand: a git process for each setting would cost more than the rest of the repository.
const SETTINGS = `[http]
\treceivepack = true
[uploadpack]
\tallowAnySHA1InWant = true
\tallowFilter = true
[gc]
\tauto = 0
[receive]
\tautogc = false
`;

/**
 * Makes a repository whose `main` has one commit with `source`: contents by path, or a folder to copy.
 * It triggers no Actions: there is nobody yet whose push it was. Throws when the name is taken.
 */
export const createRepository = async (
  world: World,
  fullName: string,
  source: Files | string,
  options: RepositoryOptions = {},
): Promise<Repo> => {
  const [owner = "", name = ""] = fullName.split("/");
  if (!owner || !name || world.repo(fullName)) throw new Error(`can't create the repository ${fullName}`);
  const gitDir = join(world.options.dir, "repositories", `${owner}/${name}.git`);
  await mkdir(dirname(gitDir), { recursive: true });
  const parent = options.forkOf ? world.repo(options.forkOf) : undefined;
  if (parent) await world.git.run(dirname(gitDir), ["clone", "--quiet", "--bare", parent.gitDir, gitDir]);
  else await firstCommit(world, gitDir, source, authorOf(world, options.author));
  await appendFile(join(gitDir, "config"), SETTINGS);
  const now = world.now();
  const repo: Repo = {
    id: world.nextId(),
    owner,
    name,
    fullName,
    gitDir,
    description: options.description ?? "",
    private: options.private ?? false,
    parent: parent?.fullName ?? null,
    defaultBranch: "main",
    protection: { approvals: 0, upToDate: false, ...options.protection },
    createdAt: now,
    pushedAt: now,
    nextNumber: options.firstNumber ?? 1,
    issues: new Map(),
    labels: new Map(),
    workflows: new Map(),
    runs: [],
    statuses: [],
    hookId: world.nextId(),
  };
  world.repos.set(fullName.toLowerCase(), repo);
  world.changed();
  return repo;
};

const authorOf = (world: World, login: string | undefined): Identity & { login: string } => {
  const account = login === undefined ? world.accounts[0] : world.account(login);
  if (!account) throw new Error(`nobody is called ${login}`);
  return account;
};

export interface CommitInput {
  branch: string;
  files: Files;
  message: string;
  /** A login; it is who pushed, too. Default: the first of the people. */
  author?: string;
  /** Where a new branch starts: a branch or commit. Default: the branch itself, else `main`. */
  base?: string;
}

/** Commits to a branch as a push would, with all that follows from one. Returns the commit. */
export const commitFiles = async (world: World, repo: Repo, input: CommitInput): Promise<string> => {
  const author = authorOf(world, input.author);
  const ref = `refs/heads/${input.branch}`;
  const change = await world.locks.run(repo.gitDir, async () => {
    const before = await world.git.resolve(repo.gitDir, ref);
    const start = before ?? (await world.git.resolve(repo.gitDir, input.base ?? repo.defaultBranch));
    if (!start) throw new Error(`${repo.fullName} has no ${input.base ?? repo.defaultBranch}`);
    const after = await world.git.commit(repo.gitDir, {
      ref,
      parent: start,
      files: input.files,
      message: input.message,
      who: author,
      date: world.now(),
    });
    return { branch: input.branch, before, after };
  });
  await afterPush(world, repo, change, author.login);
  return change.after;
};
