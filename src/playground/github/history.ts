import { type FileDiff, parseDiff } from "./diff.ts";
import type { Identity } from "./git.ts";
import type { Repo } from "./model.ts";
import type { World } from "./world.ts";

export interface GitCommit {
  sha: string;
  tree: string;
  parents: string[];
  author: Identity & { date: string };
  committer: Identity & { date: string };
  message: string;
}

const FORMAT = "%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B%x1e";

const parseCommit = (record: string): GitCommit => {
  const [sha = "", tree = "", parents = "", ...rest] = record.split("\0");
  const [an = "", ae = "", ad = "", cn = "", ce = "", cd = "", message = ""] = rest;
  return {
    sha,
    tree,
    parents: parents.split(" ").filter(Boolean),
    author: { name: an, email: ae, date: utc(ad) },
    committer: { name: cn, email: ce, date: utc(cd) },
    message: message.trimEnd(),
  };
};

const utc = (date: string): string => `${new Date(date).toISOString().slice(0, 19)}Z`;

/** Commits that `git log` gives for `args`, newest first. */
export const log = async (world: World, repo: Repo, args: string[]): Promise<GitCommit[]> => {
  const out = await world.git.answer(repo.gitDir, ["log", `--format=${FORMAT}`, ...args]);
  return out
    .split("\x1e")
    .map((record) => record.replace(/^\n/, ""))
    .filter(Boolean)
    .map(parseCommit);
};

/** One commit; null when the name stands for none. */
export const commitOf = async (world: World, repo: Repo, name: string): Promise<GitCommit | null> => {
  const sha = await world.git.resolve(repo.gitDir, name);
  if (!sha) return null;
  return (await log(world, repo, ["-1", sha]))[0] ?? null;
};

/** The text of a diff between two commits. */
export const diffText = (world: World, repo: Repo, from: string, to: string): Promise<string> =>
  world.git.answer(repo.gitDir, ["diff", "--full-index", "-M", "--no-color", "--no-ext-diff", from, to]);

/** The files that differ between two commits. */
export const diffFiles = async (world: World, repo: Repo, from: string, to: string): Promise<FileDiff[]> =>
  parseDiff(await diffText(world, repo, from, to));

/** The files a commit changed against its first parent, or against nothing for the first commit. */
export const filesOf = async (world: World, repo: Repo, commit: GitCommit): Promise<FileDiff[]> => {
  const args = ["show", "--format=", "--full-index", "-M", "--no-color", "--first-parent", "-m", commit.sha];
  return parseDiff(await world.git.answer(repo.gitDir, args));
};

/** Content of a file at a commit, or null when there is none. */
export const fileAt = async (world: World, repo: Repo, sha: string, path: string): Promise<string | null> => {
  const result = await world.git.ask(repo.gitDir, ["cat-file", "blob", `${sha}:${path}`]);
  return result.code === 0 ? result.stdout : null;
};
