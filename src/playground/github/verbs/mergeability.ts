import { diffFiles } from "../history.ts";
import type { Issue, Pull, Repo } from "../model.ts";
import type { World } from "../world.ts";
import { checksOf } from "./checks.ts";

/** What git and the checks say about a pull request. */
export interface PullFacts {
  mergeable: boolean | null;
  state: "clean" | "dirty" | "behind" | "blocked" | "unstable" | "draft" | "unknown";
  commits: number;
  additions: number;
  deletions: number;
  changedFiles: number;
}

/** The commit that merging head into base would give, kept at `refs/pull/N/merge`; null on a conflict. */
export const testMerge = (world: World, repo: Repo, issue: Issue, pull: Pull): Promise<string | null> =>
  world.locks.run(repo.gitDir, async () => {
    const base = (await world.git.resolve(repo.gitDir, `refs/heads/${pull.baseRef}`)) ?? pull.baseSha;
    const kept = pull.testMerge;
    if (kept && kept.base === base && kept.head === pull.headSha) return kept.sha;
    const message = `Merge ${pull.headSha} into ${base}`;
    const sha = await mergeCommit(world, repo, base, pull.headSha, message);
    if (sha) await world.git.run(repo.gitDir, ["update-ref", `refs/pull/${issue.number}/merge`, sha]);
    pull.testMerge = { base, head: pull.headSha, sha };
    return sha;
  });

/** Merges `head` into `base` with a merge commit; null on a conflict. The repository's lock must be held. */
export const mergeCommit = (
  world: World,
  repo: Repo,
  base: string,
  head: string,
  message: string,
  env: Record<string, string> = world.systemAuthor(),
): Promise<string | null> =>
  world.git.inWorktree(repo.gitDir, base, async (tree) => {
    const merge = await world.git.try(tree, ["merge", "--quiet", "--no-ff", "-m", message, head], env);
    return merge.code === 0 ? (await world.git.run(tree, ["rev-parse", "HEAD"])).trim() : null;
  });

/** Approvals and change requests that count: the latest of each reviewer on the pull request. */
export const standingReviews = (pull: Pull): Map<string, string> => {
  const latest = new Map<string, string>();
  for (const review of pull.reviews) {
    if (review.state !== "COMMENTED") latest.set(review.author, review.state);
  }
  return latest;
};

const stateOf = async (
  world: World,
  repo: Repo,
  pull: Pull,
  merged: string | null,
): Promise<PullFacts["state"]> => {
  if (merged === null) return "dirty";
  if (pull.draft) return "draft";
  const reviews = [...standingReviews(pull).values()];
  const approvals = reviews.filter((state) => state === "APPROVED").length;
  const { protection } = repo;
  const refused = protection.approvals > 0 && reviews.includes("CHANGES_REQUESTED");
  if (refused || approvals < protection.approvals) return "blocked";
  const base = await world.git.resolve(repo.gitDir, `refs/heads/${pull.baseRef}`);
  if (protection.upToDate && base && !(await world.git.contains(repo.gitDir, base, pull.headSha)))
    return "behind";
  const checks = checksOf(repo, pull.headSha);
  return checks.every((check) => check === "success") ? "clean" : "unstable";
};

/** Whether a pull request could be merged, without the figures of its change. */
export const standing = async (
  world: World,
  repo: Repo,
  issue: Issue,
  pull: Pull,
): Promise<Pick<PullFacts, "mergeable" | "state">> => {
  const open = issue.state === "open";
  const merged = open ? await testMerge(world, repo, issue, pull) : null;
  return {
    mergeable: open ? merged !== null : null,
    state: open ? await stateOf(world, repo, pull, merged) : "unknown",
  };
};

/** Asks git and the checks about a pull request. */
export const pullFacts = async (world: World, repo: Repo, issue: Issue, pull: Pull): Promise<PullFacts> => {
  const stands = await standing(world, repo, issue, pull);
  const base = (await world.git.mergeBase(repo.gitDir, pull.baseSha, pull.headSha)) ?? pull.baseSha;
  const files = await diffFiles(world, repo, base, pull.headSha);
  const count = await world.git.answer(repo.gitDir, ["rev-list", "--count", `${base}..${pull.headSha}`]);
  return {
    ...stands,
    commits: Number(count),
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changedFiles: files.length,
  };
};
