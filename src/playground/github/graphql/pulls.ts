import type { Pull, Repo } from "../model.ts";
import { nodeId } from "../shapes/schemas.ts";
import { standing, standingReviews } from "../verbs/mergeability.ts";
import type { PullIssue } from "../verbs/pulls.ts";
import type { World } from "../world.ts";
import { rollupOf } from "./checks.ts";

/** A pull request as the schema has it; what git has to be asked for is asked when it is wanted. */
export function pullNode(world: World, repo: Repo, both: PullIssue) {
  const { issue, pull } = both;
  let facts: ReturnType<typeof standing> | null = null;
  const ask = () => {
    facts ??= standing(world, repo, issue, pull);
    return facts;
  };
  return {
    __typename: "PullRequest",
    id: nodeId("PullRequest", pull.id),
    author: { __typename: "User", login: issue.author },
    commits: () => ({
      nodes: [
        { commit: { oid: pull.headSha, statusCheckRollup: () => rollupOf(world, repo, pull.headSha) } },
      ],
    }),
    headRefOid: pull.headSha,
    isDraft: pull.draft,
    latestOpinionatedReviews: () => ({
      nodes: [...standingReviews(pull).values()].map((state) => ({ state })),
    }),
    mergeStateStatus: async () => (await ask()).state.toUpperCase(),
    mergeable: async () => mergeableOf((await ask()).mergeable),
    number: issue.number,
    repository: { nameWithOwner: repo.fullName },
    reviewDecision: decisionOf(repo, pull),
    title: issue.title,
    updatedAt: issue.updatedAt,
    url: `${world.origin}/${repo.fullName}/pull/${issue.number}`,
  };
}

const mergeableOf = (mergeable: boolean | null): string =>
  mergeable === null ? "UNKNOWN" : mergeable ? "MERGEABLE" : "CONFLICTING";

/** Said only where reviews are asked for, as on GitHub. */
function decisionOf(repo: Repo, pull: Pull): string | null {
  const { approvals } = repo.protection;
  if (approvals === 0) return null;
  const states = [...standingReviews(pull).values()];
  if (states.includes("CHANGES_REQUESTED")) return "CHANGES_REQUESTED";
  return states.filter((state) => state === "APPROVED").length >= approvals ? "APPROVED" : "REVIEW_REQUIRED";
}
