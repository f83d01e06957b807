import { type Context, Hono } from "hono";
import { z } from "zod";
import { forbidden, hasLevel, signedIn } from "../auth.ts";
import { type Env, idParam, paged, readBody, reply } from "../http.ts";
import type { Account, Comment, Issue } from "../model.ts";
import { commentShape } from "../shapes/issue.ts";
import { nodeId, type Schemas } from "../shapes/schemas.ts";
import { userShape } from "../shapes/user.ts";
import { addComment, deleteComment, editComment, findComment } from "../verbs/comments.ts";
import type { World } from "../world.ts";
import { issueParam } from "./issues.ts";

const Body = z.object({ body: z.string() });
const NewReaction = z.object({
  content: z.enum(["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"]),
});

const ownOrWrite = (c: Context<Env>, comment: Comment): Account => {
  const actor = signedIn(c);
  if (actor.login !== comment.author && !hasLevel(actor, "write")) throw forbidden();
  return actor;
};

const byTime = (c: Context<Env>, rows: { issue: Issue; comment: Comment }[]) => {
  const since = c.req.query("since");
  const sort = c.req.query("sort");
  const key = ({ comment }: { comment: Comment }): number =>
    Date.parse(sort === "updated" ? comment.updatedAt : comment.createdAt);
  // The direction counts only with a sort, as on GitHub; without one, oldest first.
  const sign = sort && c.req.query("direction") !== "asc" ? -1 : 1;
  return rows
    .filter(({ comment }) => !since || Date.parse(comment.updatedAt) >= Date.parse(since))
    .sort((a, b) => sign * (key(a) - key(b) || a.comment.id - b.comment.id));
};

/** Comments on issues and pull requests, and reactions to them. */
export const commentRoutes = (world: World): Hono<Env> => {
  const app = new Hono<Env>();
  app.get("/issues/comments", (c) => {
    const repo = c.get("repo");
    const all = [...repo.issues.values()].flatMap((issue) =>
      issue.comments.map((comment) => ({ issue, comment })),
    );
    const rows = paged(c, byTime(c, all));
    return reply(
      c,
      rows.map(({ issue, comment }) => commentShape(world, repo, issue, comment)),
    );
  });
  app.get("/issues/comments/:id{[0-9]+}", (c) => {
    const { issue, comment } = findComment(c.get("repo"), idParam(c, "id"));
    return reply(c, commentShape(world, c.get("repo"), issue, comment));
  });
  app.patch("/issues/comments/:id{[0-9]+}", async (c) => {
    const { issue, comment } = findComment(c.get("repo"), idParam(c, "id"));
    const actor = ownOrWrite(c, comment);
    const { body } = await readBody(c, Body, "IssueComment");
    editComment(world, c.get("repo"), issue, comment, actor.login, body);
    return reply(c, commentShape(world, c.get("repo"), issue, comment));
  });
  app.delete("/issues/comments/:id{[0-9]+}", (c) => {
    const { issue, comment } = findComment(c.get("repo"), idParam(c, "id"));
    deleteComment(world, c.get("repo"), issue, comment, ownOrWrite(c, comment).login);
    return c.body(null, 204);
  });
  app.get("/issues/:number{[0-9]+}/comments", (c) => {
    const issue = issueParam(c);
    const rows = byTime(
      c,
      issue.comments.map((comment) => ({ issue, comment })),
    );
    return reply(
      c,
      paged(c, rows).map(({ comment }) => commentShape(world, c.get("repo"), issue, comment)),
    );
  });
  app.post("/issues/:number{[0-9]+}/comments", async (c) => {
    const actor = signedIn(c);
    const issue = issueParam(c);
    const { body } = await readBody(c, Body, "IssueComment");
    const comment = addComment(world, c.get("repo"), issue, actor.login, body);
    return reply(c, commentShape(world, c.get("repo"), issue, comment), 201);
  });
  reactionRoutes(app, world);
  return app;
};

const reactionRoutes = (app: Hono<Env>, world: World): void => {
  const shape = (reaction: Comment["reactions"][number]): Schemas["reaction"] => ({
    id: reaction.id,
    node_id: nodeId("Reaction", reaction.id),
    user: userShape(world, reaction.author),
    content: reaction.content,
    created_at: reaction.createdAt,
  });
  app.get("/issues/comments/:id{[0-9]+}/reactions", (c) => {
    const { comment } = findComment(c.get("repo"), idParam(c, "id"));
    return reply(c, paged(c, comment.reactions).map(shape));
  });
  app.post("/issues/comments/:id{[0-9]+}/reactions", async (c) => {
    const { comment } = findComment(c.get("repo"), idParam(c, "id"));
    const author = signedIn(c).login;
    const { content } = await readBody(c, NewReaction, "Reaction");
    const known = comment.reactions.find((other) => other.author === author && other.content === content);
    if (known) return reply(c, shape(known), 200);
    const reaction = { id: world.nextId(), author, content, createdAt: world.now() };
    comment.reactions.push(reaction);
    world.changed();
    return reply(c, shape(reaction), 201);
  });
};
