import { type Context, Hono } from "hono";
import { z } from "zod";
import { forbidden, hasLevel, requireLevel, signedIn } from "../auth.ts";
import { diffFiles, diffText, log } from "../history.ts";
import { type Env, idParam, notFound, paged, readBody, reply } from "../http.ts";
import { commitShape, fileShape } from "../shapes/commit.ts";
import { pullShape, pullSimpleShape } from "../shapes/pull.ts";
import { editIssue } from "../verbs/issues.ts";
import { mergePull, updateBranch } from "../verbs/merge.ts";
import { pullFacts } from "../verbs/mergeability.ts";
import { headOf, openPull, type PullIssue, pullsOf, requestReviewers } from "../verbs/pulls.ts";
import type { World } from "../world.ts";
import { sorted } from "./issues.ts";

const Create = z.object({
  title: z.string().min(1),
  body: z.string().nullish(),
  head: z.string().min(1),
  base: z.string().min(1),
  draft: z.boolean().optional(),
});
const Patch = z.object({
  title: z.string().min(1).optional(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]).optional(),
});
const Merge = z.object({
  sha: z.string().optional(),
  merge_method: z.enum(["merge", "squash", "rebase"]).default("merge"),
  commit_title: z.string().optional(),
  commit_message: z.string().optional(),
});
const Update = z.object({ expected_head_sha: z.string().optional() });
const Reviewers = z.object({ reviewers: z.array(z.string()).default([]) });

/** The pull request of the path. Throws 404. */
export const pullParam = (c: Context<Env>): PullIssue => {
  const issue = c.get("repo").issues.get(idParam(c, "number"));
  if (!issue?.pull) throw notFound();
  return { issue, pull: issue.pull };
};

/** Pull requests: list, open, read, change, merge. */
export const pullRoutes = (world: World): Hono<Env> => {
  const app = new Hono<Env>();
  const full = async (c: Context<Env>, { issue, pull }: PullIssue, status: 200 | 201 = 200) => {
    const repo = c.get("repo");
    const facts = await pullFacts(world, repo, issue, pull);
    return reply(c, pullShape(world, repo, issue, pull, facts), status);
  };
  app.get("/pulls", (c) => {
    const issues = sorted(
      c,
      listed(world, c).map(({ issue }) => issue),
    );
    const shapes = paged(c, issues).flatMap((issue) =>
      issue.pull ? [pullSimpleShape(world, c.get("repo"), issue, issue.pull)] : [],
    );
    return reply(c, shapes);
  });
  app.post("/pulls", async (c) => {
    const actor = signedIn(c);
    const input = await readBody(c, Create, "PullRequest");
    const isOwnFork = headOf(world, c.get("repo"), input.head)?.repo.fullName !== c.get("repo").fullName;
    if (!hasLevel(actor, isOwnFork ? "read" : "write")) throw forbidden();
    return full(c, await openPull(world, c.get("repo"), actor, input), 201);
  });
  app.get("/pulls/:number{[0-9]+}", async (c) => {
    const both = pullParam(c);
    if (!/\.(diff|patch)\b/.test(c.req.header("accept") ?? "")) return full(c, both);
    return c.text(await diffText(world, c.get("repo"), await baseOf(world, c, both), both.pull.headSha));
  });
  app.patch("/pulls/:number{[0-9]+}", async (c) => {
    const actor = signedIn(c);
    const both = pullParam(c);
    if (actor.login !== both.issue.author && !hasLevel(actor, "write")) throw forbidden();
    editIssue(world, c.get("repo"), both.issue, actor.login, await readBody(c, Patch, "PullRequest"));
    return full(c, both);
  });
  changesOf(app, world);
  actionsOn(app, world);
  return app;
};

const baseOf = async (world: World, c: Context<Env>, { pull }: PullIssue): Promise<string> =>
  (await world.git.mergeBase(c.get("repo").gitDir, pull.baseSha, pull.headSha)) ?? pull.baseSha;

const listed = (world: World, c: Context<Env>): PullIssue[] => {
  const repo = c.get("repo");
  const state = c.req.query("state") ?? "open";
  const base = c.req.query("base");
  // GitHub ignores a head filter that names no owner.
  const filter = c.req.query("head");
  const head = filter?.includes(":") ? headOf(world, repo, filter) : undefined;
  return pullsOf(repo).filter(
    ({ issue, pull }) =>
      (state === "all" || issue.state === state) &&
      (!base || pull.baseRef === base) &&
      (head === undefined || (pull.headRef === head?.ref && pull.headRepo === head.repo.fullName)),
  );
};

const changesOf = (app: Hono<Env>, world: World): void => {
  app.get("/pulls/:number{[0-9]+}/files", async (c) => {
    const both = pullParam(c);
    const { headSha } = both.pull;
    const files = await diffFiles(world, c.get("repo"), await baseOf(world, c, both), headSha);
    return reply(
      c,
      paged(c, files).map((file) => fileShape(world, c.get("repo"), headSha, file)),
    );
  });
  app.get("/pulls/:number{[0-9]+}/commits", async (c) => {
    const both = pullParam(c);
    const range = `${await baseOf(world, c, both)}..${both.pull.headSha}`;
    const commits = (await log(world, c.get("repo"), [range])).reverse();
    return reply(
      c,
      paged(c, commits).map((commit) => commitShape(world, c.get("repo"), commit)),
    );
  });
};

const actionsOn = (app: Hono<Env>, world: World): void => {
  app.get("/pulls/:number{[0-9]+}/merge", (c) => {
    if (!pullParam(c).pull.mergedAt) throw notFound();
    return c.body(null, 204);
  });
  app.put("/pulls/:number{[0-9]+}/merge", async (c) => {
    const actor = requireLevel(c, "write");
    const input = await readBody(c, Merge, "PullRequest");
    const sha = await mergePull(world, c.get("repo"), pullParam(c), actor, {
      sha: input.sha,
      method: input.merge_method,
      title: input.commit_title,
      message: input.commit_message,
    });
    return reply(c, { sha, merged: true, message: "Pull Request successfully merged" });
  });
  app.put("/pulls/:number{[0-9]+}/update-branch", async (c) => {
    const actor = requireLevel(c, "write");
    const both = pullParam(c);
    const { expected_head_sha } = await readBody(c, Update, "PullRequest");
    await updateBranch(world, c.get("repo"), both, actor, expected_head_sha);
    const url = `${world.origin}/${c.get("repo").fullName}/pull/${both.issue.number}`;
    return reply(c, { message: "Updating pull request branch.", url }, 202);
  });
  app.post("/pulls/:number{[0-9]+}/requested_reviewers", async (c) => {
    const actor = requireLevel(c, "write");
    const both = pullParam(c);
    const { reviewers } = await readBody(c, Reviewers, "PullRequest");
    requestReviewers(world, c.get("repo"), both, actor.login, reviewers);
    return reply(c, pullSimpleShape(world, c.get("repo"), both.issue, both.pull), 201);
  });
};
