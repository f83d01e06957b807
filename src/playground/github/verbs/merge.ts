import { announce, note } from "../announce.ts";
import { authorEnv } from "../git.ts";
import { HttpError } from "../http.ts";
import type { Account, Repo } from "../model.ts";
import { afterPush } from "../pushes.ts";
import { touch, type World } from "../world.ts";
import { closeMentioned } from "./issues.ts";
import { mergeCommit, pullFacts } from "./mergeability.ts";
import type { PullIssue } from "./pulls.ts";

export interface MergeInput {
  sha?: string | undefined;
  method: "merge" | "squash" | "rebase";
  title?: string | undefined;
  message?: string | undefined;
}

/** Merges a pull request. Throws 405 when it can't be merged, 409 when its head is not `sha`. Returns the commit. */
export const mergePull = async (
  world: World,
  repo: Repo,
  both: PullIssue,
  actor: Account,
  input: MergeInput,
): Promise<string> => {
  const { issue, pull } = both;
  if (input.sha && input.sha !== pull.headSha) {
    throw new HttpError(409, "Head branch was modified. Review and try the merge again.");
  }
  const facts = await pullFacts(world, repo, issue, pull);
  if (!facts.mergeable || facts.state === "blocked" || facts.state === "behind" || facts.state === "draft") {
    throw new HttpError(405, "Pull Request is not mergeable");
  }
  const base = await world.locks.run(repo.gitDir, () => moveBase(world, repo, both, actor, input));
  pull.mergedAt = world.now();
  pull.mergedBy = actor.login;
  pull.mergeSha = base.after;
  issue.state = "closed";
  issue.closedAt = pull.mergedAt;
  issue.closedBy = actor.login;
  touch(world, issue);
  note(world, issue, actor.login, "merged", { commitId: base.after });
  note(world, issue, actor.login, "closed");
  announce(world, repo, issue, actor.login, "closed");
  if (pull.baseRef === repo.defaultBranch) {
    closeMentioned(world, repo, issue.body ?? "", actor.login, base.after);
  }
  await afterPush(world, repo, { branch: pull.baseRef, ...base }, actor.login);
  return base.after;
};

const moveBase = async (
  world: World,
  repo: Repo,
  both: PullIssue,
  actor: Account,
  input: MergeInput,
): Promise<{ before: string; after: string }> => {
  const ref = `refs/heads/${both.pull.baseRef}`;
  const before = await world.git.resolve(repo.gitDir, ref);
  const after = before && (await mergedTip(world, repo, both, actor, input, before));
  if (!before || !after) throw new HttpError(405, "Pull Request is not mergeable");
  await world.git.run(repo.gitDir, ["update-ref", ref, after, before]);
  return { before, after };
};

const mergedTip = async (
  world: World,
  repo: Repo,
  { issue, pull }: PullIssue,
  actor: Account,
  input: MergeInput,
  base: string,
): Promise<string | null> => {
  const env = authorEnv(actor, world.now());
  const from = `${pull.headRepo.split("/")[0]}/${pull.headRef}`;
  if (input.method === "merge") {
    const title = input.title ?? `Merge pull request #${issue.number} from ${from}`;
    return mergeCommit(world, repo, base, pull.headSha, `${title}\n\n${input.message ?? issue.title}`, env);
  }
  return world.git.inWorktree(repo.gitDir, base, async (tree) => {
    if (input.method === "squash") {
      const message = `${input.title ?? `${issue.title} (#${issue.number})`}\n\n${input.message ?? issue.body ?? ""}`;
      const merge = await world.git.try(tree, ["merge", "--quiet", "--squash", pull.headSha], env);
      if (merge.code !== 0) return null;
      await world.git.run(tree, ["commit", "--quiet", "--allow-empty", "-m", message], env);
    } else {
      const picked = ["cherry-pick", "--allow-empty", `${base}..${pull.headSha}`];
      if ((await world.git.try(tree, picked, env)).code !== 0) return null;
    }
    return (await world.git.run(tree, ["rev-parse", "HEAD"])).trim();
  });
};

/** Merges the base into the head branch. Throws 422 on a conflict, a moved head, or when nothing is missing. */
export const updateBranch = async (
  world: World,
  repo: Repo,
  { issue, pull }: PullIssue,
  actor: Account,
  expected: string | undefined,
): Promise<void> => {
  if (expected && expected !== pull.headSha) {
    throw new HttpError(422, `expected head sha didn't match current head ref.`);
  }
  const head = world.repo(pull.headRepo) ?? repo;
  const moved = await world.locks.run(head.gitDir, async () => {
    await world.git.run(head.gitDir, ["fetch", "--quiet", repo.gitDir, `refs/heads/${pull.baseRef}`]);
    const base = await world.git.resolve(head.gitDir, "FETCH_HEAD");
    if (!base || (await world.git.contains(head.gitDir, base, pull.headSha))) {
      throw new HttpError(422, "There are no new commits on the base branch.");
    }
    const message = `Merge branch '${pull.baseRef}' into ${pull.headRef}`;
    const env = authorEnv(actor, world.now());
    const after = await mergeCommit(world, head, pull.headSha, base, message, env);
    if (!after) throw new HttpError(422, `merge conflict between base and head of #${issue.number}`);
    await world.git.run(head.gitDir, ["update-ref", `refs/heads/${pull.headRef}`, after, pull.headSha]);
    return { branch: pull.headRef, before: pull.headSha, after };
  });
  await afterPush(world, head, moved, actor.login);
};
