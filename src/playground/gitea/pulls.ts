import { type Context, Hono } from "hono";
import { z } from "zod";
import { forbidden, hasLevel, requireLevel, signedIn } from "../github/auth.ts";
import { type Env, HttpError, idParam, notFound, readBody } from "../github/http.ts";
import type { Pull, ReviewComment } from "../github/model.ts";
import { sorted } from "../github/routes/issues.ts";
import { pullParam } from "../github/routes/pulls.ts";
import { pullSimpleShape } from "../github/shapes/pull.ts";
import { reviewCommentShape, reviewShape } from "../github/shapes/review.ts";
import { editIssue } from "../github/verbs/issues.ts";
import { mergePull, updateBranch } from "../github/verbs/merge.ts";
import { pullFacts } from "../github/verbs/mergeability.ts";
import { openPull, type PullIssue, requestReviewers } from "../github/verbs/pulls.ts";
import { replyTo, submitReview } from "../github/verbs/reviews.ts";
import type { World } from "../github/world.ts";
import { pageOf, say, sayAll } from "./http.ts";
import { plain } from "./words.ts";

const NUMBER = "/pulls/:number{[0-9]+}";
const WIP = /^(?:WIP:|\[WIP\])\s*/i;
const Create = z.object({
  title: z.string().min(1),
  body: z.string().default(""),
  head: z.string(),
  base: z.string(),
});
const Patch = z.object({ title: z.string().optional(), state: z.enum(["open", "closed"]).optional() });
const Merge = z.object({
  Do: z.enum(["merge", "squash", "rebase"]),
  head_commit_id: z.string().optional(),
  MergeMessageField: z.string().optional(),
});
const NewReview = z.object({
  event: z.enum(["APPROVED", "REQUEST_CHANGES", "COMMENT"]),
  body: z.string().default(""),
  comments: z
    .array(z.object({ path: z.string(), body: z.string(), new_position: z.int().positive().optional() }))
    .default([]),
});

/** Pull requests and their reviews. */
export const pullRoutes = (world: World): Hono<Env> => {
  const app = new Hono<Env>();
  app.get("/pulls", async (c) => {
    const state = c.req.query("state") ?? "open";
    const found = [...c.get("repo").issues.values()].filter(
      (issue) => issue.pull && (state === "all" || issue.state === state),
    );
    const shown = pageOf(c, sorted(c, found)).flatMap((issue) =>
      issue.pull ? [shape(world, c, { issue, pull: issue.pull })] : [],
    );
    return c.json(await Promise.all(shown));
  });
  app.post("/pulls", async (c) => {
    const actor = requireLevel(c, "write");
    const made = await openPull(world, c.get("repo"), actor, await readBody(c, Create, "PullRequest"));
    return c.json(await shape(world, c, made), 201);
  });
  app.get(NUMBER, async (c) => c.json(await shape(world, c, pullParam(c))));
  app.patch(NUMBER, async (c) => {
    const actor = signedIn(c);
    const both = pullParam(c);
    if (actor.login !== both.issue.author && !hasLevel(actor, "write")) throw forbidden();
    editIssue(world, c.get("repo"), both.issue, actor.login, await readBody(c, Patch, "PullRequest"));
    return c.json(await shape(world, c, both), 201);
  });
  changes(app, world);
  reviews(app, world);
  return app;
};

/** The pair of commits for which it was looked whether they merge: until then Gitea says that they do not. */
const LOOKED = new WeakMap<Pull, string>();
const pairOf = ({ testMerge, headSha }: Pull): string => `${testMerge?.base} ${headSha}`;

async function shape(world: World, c: Context<Env>, { issue, pull }: PullIssue) {
  const repo = c.get("repo");
  const facts = await pullFacts(world, repo, issue, pull);
  const base = await world.git.mergeBase(repo.gitDir, pull.baseSha, pull.headSha);
  const open = issue.state === "open";
  const draft = WIP.test(issue.title);
  const looked = LOOKED.get(pull) === pairOf(pull);
  LOOKED.set(pull, pairOf(pull));
  return plain({
    ...pullSimpleShape(world, repo, issue, pull),
    merged: pull.mergedAt !== null,
    mergeable: open && !draft && looked && facts.mergeable === true,
    merged_by: pull.mergedBy === null ? null : { login: pull.mergedBy },
    merge_commit_sha: pull.mergeSha,
    merge_base: base,
    draft,
  });
}

const changes = (app: Hono<Env>, world: World): void => {
  app.post(`${NUMBER}/merge`, async (c) => {
    const actor = requireLevel(c, "write");
    const both = pullParam(c);
    const input = await readBody(c, Merge, "PullRequest");
    if (WIP.test(both.issue.title)) throw new HttpError(405, "Work in progress PRs cannot be merged");
    await mergePull(world, c.get("repo"), both, actor, {
      ...{ sha: input.head_commit_id, method: input.Do, message: input.MergeMessageField },
    });
    return c.body(null, 200);
  });
  app.post(`${NUMBER}/update`, async (c) => {
    await updateBranch(world, c.get("repo"), pullParam(c), requireLevel(c, "write"), undefined);
    return c.body(null, 200);
  });
  app.post(`${NUMBER}/requested_reviewers`, async (c) => {
    const actor = requireLevel(c, "write");
    const { reviewers } = await readBody(c, z.object({ reviewers: z.array(z.string()) }), "PullRequest");
    requestReviewers(world, c.get("repo"), pullParam(c), actor.login, reviewers);
    return c.json([], 201);
  });
};

const STATES: Record<string, string> = { CHANGES_REQUESTED: "REQUEST_CHANGES", COMMENTED: "COMMENT" };

const reviews = (app: Hono<Env>, world: World): void => {
  const shown = (c: Context<Env>, { issue, pull }: PullIssue, id: number) => {
    const review = pull.reviews.find((one) => one.id === id);
    if (!review) throw notFound();
    const state = STATES[review.state] ?? review.state;
    const comments_count = pull.reviewComments.filter((comment) => comment.reviewId === id).length;
    const facts = reviewShape(world, c.get("repo"), issue, review);
    return { ...facts, state, comments_count, dismissed: review.state === "DISMISSED" };
  };
  const line = (c: Context<Env>, { issue }: PullIssue, comment: ReviewComment) => {
    const {
      line: _,
      original_line: __,
      side,
      ...facts
    } = reviewCommentShape(world, c.get("repo"), issue, comment);
    const at = comment.line ?? 0;
    const [position, original_position] = side === "LEFT" ? [0, at] : [at, 0];
    return { ...facts, position, original_position };
  };
  app.get(`${NUMBER}/reviews`, (c) =>
    sayAll(
      c,
      pullParam(c).pull.reviews.map(({ id }) => shown(c, pullParam(c), id)),
    ),
  );
  app.post(`${NUMBER}/reviews`, async (c) => {
    const { event, body, comments } = await readBody(c, NewReview, "PullRequestReview");
    const review = await submitReview(world, c.get("repo"), pullParam(c), signedIn(c).login, {
      verdict: event === "APPROVED" ? "APPROVE" : event,
      body,
      comments: comments.map(({ path, body: text, new_position }) => ({
        path,
        body: text,
        line: new_position,
      })),
    });
    return say(c, shown(c, pullParam(c), review.id));
  });
  app.get(`${NUMBER}/reviews/:id{[0-9]+}/comments`, (c) => {
    const both = pullParam(c);
    const own = both.pull.reviewComments.filter(({ reviewId }) => reviewId === idParam(c, "id"));
    return c.json(own.map((comment) => plain(line(c, both, comment))));
  });
  app.post(`${NUMBER}/comments/:id{[0-9]+}/replies`, async (c) => {
    const both = pullParam(c);
    const parent = both.pull.reviewComments.find(({ id }) => id === idParam(c, "id"));
    if (!parent || world.options.gitea?.replies === false) throw notFound();
    const { body } = await readBody(c, z.object({ body: z.string().min(1) }), "PullRequestReviewComment");
    const answer = replyTo(world, c.get("repo"), both, signedIn(c).login, parent, body);
    return say(c, line(c, both, answer), 201);
  });
};
