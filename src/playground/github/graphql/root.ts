import { hasLevel } from "../auth.ts";
import type { Account, Repo } from "../model.ts";
import { fromNodeId } from "../shapes/schemas.ts";
import { type PullIssue, pullsOf, setDraft } from "../verbs/pulls.ts";
import type { World } from "../world.ts";
import { fault } from "./fault.ts";
import { type PageArgs, pageOf } from "./page.ts";
import { pullNode } from "./pulls.ts";
import { searchPulls } from "./search.ts";

interface DraftArgs {
  input: { pullRequestId: string };
}

/** What queries and mutations begin with, for one sender. */
export const rootOf = (world: World, actor: Account) => ({
  node({ id }: { id: string }) {
    const { repo, both } = pullById(world, actor, id);
    return pullNode(world, repo, both);
  },
  search({ query, ...page }: PageArgs & { query: string }) {
    const found = searchPulls(world, actor, query);
    return {
      issueCount: found.length,
      ...pageOf(
        "search",
        found.map(({ repo, both }) => pullNode(world, repo, both)),
        page,
      ),
    };
  },
  convertPullRequestToDraft: ({ input }: DraftArgs) => draft(world, actor, input.pullRequestId, true),
  markPullRequestReadyForReview: ({ input }: DraftArgs) => draft(world, actor, input.pullRequestId, false),
});

function pullById(world: World, actor: Account, id: string): { repo: Repo; both: PullIssue } {
  const wanted = fromNodeId("PullRequest", id);
  for (const repo of world.repos.values()) {
    if (repo.private && !hasLevel(actor, "read")) continue;
    const both = pullsOf(repo).find(({ pull }) => pull.id === wanted);
    if (both !== undefined) return { repo, both };
  }
  throw fault("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
}

function draft(world: World, actor: Account, id: string, to: boolean) {
  const { repo, both } = pullById(world, actor, id);
  if (actor.login !== both.issue.author && !hasLevel(actor, "write"))
    throw fault("FORBIDDEN", "Resource not accessible by personal access token");
  setDraft(world, repo, both, actor.login, to);
  return { pullRequest: pullNode(world, repo, both) };
}
