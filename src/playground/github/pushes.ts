import { startRuns } from "./actions/trigger.ts";
import { announce, emit } from "./announce.ts";
import { log } from "./history.ts";
import type { Repo } from "./model.ts";
import { simpleCommitShape } from "./shapes/commit.ts";
import { closeIssue, closeMentioned } from "./verbs/issues.ts";
import { fetchHead, pullsOf } from "./verbs/pulls.ts";
import { touch, type World } from "./world.ts";

const ZERO = "0".repeat(40);

/** One branch that moved; null where it did not exist before or is gone. */
export interface RefChange {
  branch: string;
  before: string | null;
  after: string | null;
}

/** What is different between two listings of branches. */
export const changesBetween = (before: Map<string, string>, after: Map<string, string>): RefChange[] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .map((branch) => ({ branch, before: before.get(branch) ?? null, after: after.get(branch) ?? null }))
    .filter((change) => change.before !== change.after);

/** Does what GitHub does after a push: webhooks, pull requests that moved, closing words, Actions. */
export const afterPush = async (
  world: World,
  repo: Repo,
  change: RefChange,
  actor: string,
): Promise<void> => {
  const { branch, before, after } = change;
  repo.pushedAt = world.now();
  const range = before ? [`${before}..${after}`] : [`${after}`, "-20"];
  const commits = after ? (await log(world, repo, range)).reverse() : [];
  const head = commits.at(-1);
  emit(world, repo, actor, "push", {
    ref: `refs/heads/${branch}`,
    before: before ?? ZERO,
    after: after ?? ZERO,
    created: before === null,
    deleted: after === null,
    forced: false,
    pusher: { name: actor },
    commits: commits.map((commit) => ({ ...simpleCommitShape(commit), distinct: true })),
    head_commit: head ? simpleCommitShape(head) : null,
  });
  if (branch === repo.defaultBranch) {
    for (const commit of commits) closeMentioned(world, repo, commit.message, actor, commit.sha);
  }
  if (after) await startRuns(world, repo, { kind: "push", branch, sha: after, actor });
  for (const base of world.repos.values()) await movePulls(world, base, repo, change, actor);
};

const movePulls = async (
  world: World,
  repo: Repo,
  head: Repo,
  { branch, after }: RefChange,
  actor: string,
): Promise<void> => {
  for (const { issue, pull } of pullsOf(repo)) {
    const mine = pull.headRepo === head.fullName && pull.headRef === branch;
    if (!mine || issue.state !== "open" || pull.headSha === after) continue;
    if (after === null) {
      closeIssue(world, repo, issue, actor, "completed");
      continue;
    }
    const before = pull.headSha;
    await fetchHead(world, repo, issue.number, head, branch);
    pull.headSha = after;
    pull.baseSha = (await world.git.resolve(repo.gitDir, `refs/heads/${pull.baseRef}`)) ?? pull.baseSha;
    touch(world, issue);
    announce(world, repo, issue, actor, "synchronize", { before, after });
    await startRuns(world, repo, { kind: "pull_request", issue, pull, actor });
  }
};
