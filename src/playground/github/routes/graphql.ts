import { Hono } from "hono";
import { z } from "zod";
import { hasLevel, signedIn } from "../auth.ts";
import { type Env, readBody, reply } from "../http.ts";
import { fromNodeId, nodeId } from "../shapes/schemas.ts";
import { pullsOf, setDraft } from "../verbs/pulls.ts";
import type { World } from "../world.ts";

const Body = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()).default({}) });
const MUTATION = /\b(markPullRequestReadyForReview|convertPullRequestToDraft)\b/;

const idOf = (query: string, variables: Record<string, unknown>): string => {
  const written = /pullRequestId\s*:\s*(?:"([^"]+)"|\$(\w+))/.exec(query);
  const input = variables.input;
  const inner =
    typeof input === "object" && input !== null && "pullRequestId" in input ? input.pullRequestId : "";
  return String(written?.[1] ?? variables[written?.[2] ?? ""] ?? inner);
};

/** The two mutations that REST has no route for: draft to ready and back. */
export const graphqlRoutes = (world: World): Hono<Env> => {
  const app = new Hono<Env>();
  app.post("/graphql", async (c) => {
    const actor = signedIn(c);
    const { query, variables } = await readBody(c, Body, "Query");
    const failed = (type: string, message: string) => reply(c, { data: null, errors: [{ type, message }] });
    const mutation = MUTATION.exec(query)?.[1];
    if (!mutation) return failed("INVALID", "The playground knows only two mutations of pull requests.");
    const id = fromNodeId("PullRequest", idOf(query, variables));
    for (const repo of world.repos.values()) {
      const both = pullsOf(repo).find(({ pull }) => pull.id === id);
      if (!both) continue;
      if (actor.login !== both.issue.author && !hasLevel(actor, "write")) {
        return failed("FORBIDDEN", "Resource not accessible by personal access token");
      }
      setDraft(world, repo, both, actor.login, mutation === "convertPullRequestToDraft");
      const pullRequest = {
        id: nodeId("PullRequest", both.pull.id),
        isDraft: both.pull.draft,
        number: both.issue.number,
      };
      return reply(c, { data: { [mutation]: { pullRequest } } });
    }
    return failed("NOT_FOUND", "Could not resolve to a node with the global id given.");
  });
  return app;
};
