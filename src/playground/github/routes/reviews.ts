import { type Context, Hono } from "hono";
import { z } from "zod";
import { forbidden, hasLevel, signedIn } from "../auth.ts";
import { type Env, idParam, invalid, notFound, paged, readBody, reply } from "../http.ts";
import type { Review, ReviewComment } from "../model.ts";
import { reviewCommentShape, reviewShape } from "../shapes/review.ts";
import { pullsOf } from "../verbs/pulls.ts";
import {
  commentOnLine,
  deleteReviewComment,
  editReviewComment,
  findReviewComment,
  replyTo,
  submitReview,
} from "../verbs/reviews.ts";
import type { World } from "../world.ts";
import { pullParam } from "./pulls.ts";

const Line = z.object({
  path: z.string(),
  line: z.int().positive().optional(),
  side: z.enum(["LEFT", "RIGHT"]).optional(),
  body: z.string().min(1),
});
const Create = z.object({
  event: z.enum(["APPROVE", "REQUEST_CHANGES", "COMMENT"]),
  body: z.string().default(""),
  comments: z.array(Line).default([]),
});
const OneLine = Line.extend({ commit_id: z.string().optional() });
const Body = z.object({ body: z.string().min(1) });

const reviewParam = (c: Context<Env>): Review => {
  const review = pullParam(c).pull.reviews.find(({ id }) => id === idParam(c, "id"));
  if (!review) throw notFound();
  return review;
};

/** Reviews of pull requests. */
export const reviewRoutes = (world: World): Hono<Env> => {
  const app = new Hono<Env>();
  const path = "/pulls/:number{[0-9]+}/reviews";
  app.get(path, (c) => {
    const { issue, pull } = pullParam(c);
    return reply(
      c,
      paged(c, pull.reviews).map((review) => reviewShape(world, c.get("repo"), issue, review)),
    );
  });
  app.post(path, async (c) => {
    const author = signedIn(c);
    const both = pullParam(c);
    const { event: verdict, body, comments } = await readBody(c, Create, "PullRequestReview");
    const review = await submitReview(world, c.get("repo"), both, author.login, { verdict, body, comments });
    return reply(c, reviewShape(world, c.get("repo"), both.issue, review));
  });
  app.get(`${path}/:id{[0-9]+}`, (c) =>
    reply(c, reviewShape(world, c.get("repo"), pullParam(c).issue, reviewParam(c))),
  );
  app.get(`${path}/:id{[0-9]+}/comments`, (c) => {
    const { issue, pull } = pullParam(c);
    const { id } = reviewParam(c);
    const comments = pull.reviewComments.filter((comment) => comment.reviewId === id);
    return reply(
      c,
      paged(c, comments).map((comment) => reviewCommentShape(world, c.get("repo"), issue, comment)),
    );
  });
  pullComments(app, world);
  singleComments(app, world);
  return app;
};

const bySince = (c: Context<Env>, comments: ReviewComment[]): ReviewComment[] => {
  const since = c.req.query("since");
  const sign = c.req.query("direction") === "desc" ? -1 : 1;
  return comments
    .filter((comment) => !since || Date.parse(comment.updatedAt) >= Date.parse(since))
    .sort((a, b) => sign * (a.id - b.id));
};

const pullComments = (app: Hono<Env>, world: World): void => {
  const path = "/pulls/:number{[0-9]+}/comments";
  app.get(path, (c) => {
    const { issue, pull } = pullParam(c);
    const comments = paged(c, bySince(c, [...pull.reviewComments]));
    return reply(
      c,
      comments.map((comment) => reviewCommentShape(world, c.get("repo"), issue, comment)),
    );
  });
  app.post(path, async (c) => {
    const author = signedIn(c);
    const both = pullParam(c);
    const { commit_id, ...line } = await readBody(c, OneLine, "PullRequestReviewComment");
    if (commit_id && commit_id !== both.pull.headSha) {
      throw invalid({ resource: "PullRequestReviewComment", field: "commit_id", code: "invalid" });
    }
    const comment = await commentOnLine(world, c.get("repo"), both, author.login, line);
    return reply(c, reviewCommentShape(world, c.get("repo"), both.issue, comment), 201);
  });
  app.post(`${path}/:id{[0-9]+}/replies`, async (c) => {
    const author = signedIn(c);
    const both = pullParam(c);
    const parent = both.pull.reviewComments.find(({ id }) => id === idParam(c, "id"));
    if (!parent) throw notFound();
    const { body } = await readBody(c, Body, "PullRequestReviewComment");
    const comment = replyTo(world, c.get("repo"), both, author.login, parent, body);
    return reply(c, reviewCommentShape(world, c.get("repo"), both.issue, comment), 201);
  });
};

const singleComments = (app: Hono<Env>, world: World): void => {
  const path = "/pulls/comments/:id{[0-9]+}";
  app.get("/pulls/comments", (c) => {
    const repo = c.get("repo");
    const owners = new Map(
      pullsOf(repo).flatMap(({ issue, pull }) => pull.reviewComments.map((comment) => [comment, issue])),
    );
    const shapes = paged(c, bySince(c, [...owners.keys()])).flatMap((comment) => {
      const issue = owners.get(comment);
      return issue ? [reviewCommentShape(world, repo, issue, comment)] : [];
    });
    return reply(c, shapes);
  });
  app.get(path, (c) => {
    const { issue, comment } = findReviewComment(c.get("repo"), idParam(c, "id"));
    return reply(c, reviewCommentShape(world, c.get("repo"), issue, comment));
  });
  const mayChange = (c: Context<Env>) => {
    const found = findReviewComment(c.get("repo"), idParam(c, "id"));
    const actor = signedIn(c);
    if (actor.login !== found.comment.author && !hasLevel(actor, "write")) throw forbidden();
    return { ...found, actor };
  };
  app.patch(path, async (c) => {
    const { comment, actor, ...both } = mayChange(c);
    const { body } = await readBody(c, Body, "PullRequestReviewComment");
    editReviewComment(world, c.get("repo"), both, comment, actor.login, body);
    return reply(c, reviewCommentShape(world, c.get("repo"), both.issue, comment));
  });
  app.delete(path, (c) => {
    const { comment, actor, ...both } = mayChange(c);
    deleteReviewComment(world, c.get("repo"), both, comment, actor.login);
    return c.body(null, 204);
  });
};
