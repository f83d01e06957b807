import { startRuns } from "../actions/trigger.ts";
import { announce } from "../announce.ts";
import { type FieldError, invalid } from "../http.ts";
import type { Account, Issue, Pull, Repo } from "../model.ts";
import { userShape } from "../shapes/user.ts";
import { touch, type World } from "../world.ts";
import { newIssue, takeNumber } from "./issues.ts";

/** A pull request with the issue that is its other half. */
export interface PullIssue {
  issue: Issue;
  pull: Pull;
}

/** All pull requests of a repository, oldest first. */
export const pullsOf = (repo: Repo): PullIssue[] =>
  [...repo.issues.values()].flatMap((issue) => (issue.pull ? [{ issue, pull: issue.pull }] : []));

/** The repository and branch that `branch`, or `owner:branch` of a fork, stands for. */
export const headOf = (world: World, repo: Repo, head: string): { repo: Repo; ref: string } | null => {
  const colon = head.indexOf(":");
  if (colon < 0) return { repo, ref: head };
  const owner = head.slice(0, colon).toLowerCase();
  const ref = head.slice(colon + 1);
  if (owner === repo.owner.toLowerCase()) return { repo, ref };
  const fork = [...world.repos.values()].find(
    (other) => other.owner.toLowerCase() === owner && other.parent === repo.fullName,
  );
  return fork ? { repo: fork, ref } : null;
};

/** Copies the head's commits into the base repository, under `refs/pull/N/head`. */
export const fetchHead = async (world: World, repo: Repo, number: number, head: Repo, ref: string) => {
  const spec = `+refs/heads/${ref}:refs/pull/${number}/head`;
  await world.locks.run(repo.gitDir, () =>
    world.git.run(repo.gitDir, ["fetch", "--quiet", "--no-tags", head.gitDir, spec]),
  );
};

const wrong = (error: Omit<FieldError, "resource">) => invalid({ resource: "PullRequest", ...error });

const refuseUseless = async (
  world: World,
  repo: Repo,
  head: Repo,
  ref: string,
  base: string,
): Promise<void> => {
  const twin = pullsOf(repo).find(
    ({ issue, pull }) =>
      issue.state === "open" &&
      pull.headRef === ref &&
      pull.headRepo === head.fullName &&
      pull.baseRef === base,
  );
  if (twin) {
    const message = `A pull request already exists for ${head.owner}:${ref}.`;
    throw wrong({ code: "custom", message });
  }
  const headSha = await world.git.resolve(head.gitDir, `refs/heads/${ref}`);
  const baseSha = await world.git.resolve(repo.gitDir, `refs/heads/${base}`);
  if (headSha && baseSha && (await world.git.contains(repo.gitDir, headSha, baseSha))) {
    throw wrong({ code: "custom", message: `No commits between ${base} and ${ref}` });
  }
};

export interface PullInput {
  title: string;
  body?: string | null | undefined;
  head: string;
  base: string;
  draft?: boolean | undefined;
}

/** Opens a pull request and starts its runs. Throws 422 on unknown branches, no commits, or a twin. */
export const openPull = async (
  world: World,
  repo: Repo,
  actor: Account,
  input: PullInput,
): Promise<PullIssue> => {
  const head = headOf(world, repo, input.head);
  const headSha = head && (await world.git.resolve(head.repo.gitDir, `refs/heads/${head.ref}`));
  if (!head || !headSha) throw wrong({ field: "head", code: "invalid" });
  const baseSha = await world.git.resolve(repo.gitDir, `refs/heads/${input.base}`);
  if (!baseSha) throw wrong({ field: "base", code: "invalid" });
  await refuseUseless(world, repo, head.repo, head.ref, input.base);
  const number = takeNumber(repo);
  await fetchHead(world, repo, number, head.repo, head.ref);
  const facts = { author: actor.login, title: input.title, body: input.body ?? null };
  const issue = newIssue(world, repo, number, facts);
  const pull: Pull = {
    id: world.nextId(),
    headRepo: head.repo.fullName,
    headRef: head.ref,
    headSha,
    baseRef: input.base,
    baseSha,
    draft: input.draft ?? false,
    mergedAt: null,
    mergedBy: null,
    mergeSha: null,
    requestedReviewers: [],
    reviews: [],
    reviewComments: [],
    testMerge: null,
  };
  issue.pull = pull;
  announce(world, repo, issue, actor.login, "opened");
  await startRuns(world, repo, { kind: "pull_request", issue, pull, actor: actor.login });
  return { issue, pull };
};

/** Asks people for a review; logins without an account are 422, as is the author. */
export const requestReviewers = (
  world: World,
  repo: Repo,
  { issue, pull }: PullIssue,
  actor: string,
  logins: string[],
): void => {
  for (const login of logins) {
    const reviewer = world.account(login);
    if (!reviewer || reviewer.login === issue.author) throw wrong({ field: "reviewers", code: "invalid" });
    if (pull.requestedReviewers.includes(reviewer.login)) continue;
    pull.requestedReviewers.push(reviewer.login);
    touch(world, issue);
    announce(world, repo, issue, actor, "review_requested", {
      requested_reviewer: userShape(world, reviewer.login),
    });
  }
};

/** Turns a draft into a ready pull request or back. */
export const setDraft = (
  world: World,
  repo: Repo,
  { issue, pull }: PullIssue,
  actor: string,
  draft: boolean,
) => {
  if (pull.draft === draft) return;
  pull.draft = draft;
  touch(world, issue);
  announce(world, repo, issue, actor, draft ? "converted_to_draft" : "ready_for_review");
};
