import { type Context, Hono } from "hono";
import { z } from "zod";
import { forbidden, hasLevel, requireLevel, signedIn } from "../github/auth.ts";
import { type Env, idParam, notFound, readBody } from "../github/http.ts";
import type { Comment, Repo } from "../github/model.ts";
import { issueParam, sorted } from "../github/routes/issues.ts";
import { commentShape, issueShape, labelShape, labelsOf } from "../github/shapes/issue.ts";
import { addComment, deleteComment, editComment, findComment } from "../github/verbs/comments.ts";
import { editIssue, openIssue } from "../github/verbs/issues.ts";
import { addLabels, createLabel, removeLabel } from "../github/verbs/labels.ts";
import type { World } from "../github/world.ts";
import { say, sayAll } from "./http.ts";

const Ids = z.array(z.int()).default([]);
const Create = z.object({ title: z.string().min(1), body: z.string().default(""), labels: Ids });
const Patch = z.object({
  title: z.string().min(1).optional(),
  body: z.string().optional(),
  state: z.enum(["open", "closed"]).optional(),
});
const Body = z.object({ body: z.string() });

const NUMBER = "/issues/:number{[0-9]+}";

/** Issues, their comments and labels. */
export const issueRoutes = (world: World): Hono<Env> => {
  const app = new Hono<Env>();
  comments(app, world);
  labels(app, world);
  app.get("/issues", (c) => {
    const state = c.req.query("state") ?? "open";
    // names that the repository does not have are no filter
    const wanted = (c.req.query("labels") ?? "")
      .toLowerCase()
      .split(",")
      .filter((name) => c.get("repo").labels.has(name));
    const found = [...c.get("repo").issues.values()].filter(
      (issue) =>
        (state === "all" || issue.state === state) &&
        wanted.every((name) => issue.labels.some((label) => label.toLowerCase() === name)),
    );
    return sayAll(
      c,
      sorted(c, found).map((issue) => issueShape(world, c.get("repo"), issue)),
    );
  });
  app.post("/issues", async (c) => {
    const actor = signedIn(c);
    const { labels: ids, ...input } = await readBody(c, Create, "Issue");
    const named = { ...input, labels: namesOf(c.get("repo"), ids), assignees: [] };
    return say(c, issueShape(world, c.get("repo"), openIssue(world, c.get("repo"), actor, named)), 201);
  });
  app.get(NUMBER, (c) => say(c, issueShape(world, c.get("repo"), issueParam(c))));
  app.patch(NUMBER, async (c) => {
    const actor = signedIn(c);
    const issue = issueParam(c);
    if (!hasLevel(actor, "write") && actor.login !== issue.author) throw forbidden();
    editIssue(world, c.get("repo"), issue, actor.login, await readBody(c, Patch, "Issue"));
    return say(c, issueShape(world, c.get("repo"), issue), 201);
  });
  return app;
};

/** Names of labels by their ids; unknown ids are 404. */
const namesOf = (repo: Repo, ids: readonly number[]): string[] =>
  ids.map((id) => {
    const label = [...repo.labels.values()].find((one) => one.id === id);
    if (label === undefined) throw notFound();
    return label.name;
  });

const labels = (app: Hono<Env>, world: World): void => {
  app.get("/labels", (c) =>
    sayAll(
      c,
      [...c.get("repo").labels.values()].map((label) => labelShape(world, c.get("repo"), label)),
    ),
  );
  app.post("/labels", async (c) => {
    requireLevel(c, "write");
    const wanted = z.object({ name: z.string().min(1), color: z.string() });
    const { name, color } = await readBody(c, wanted, "Label");
    return say(c, labelShape(world, c.get("repo"), createLabel(world, c.get("repo"), name, color)), 201);
  });
  const carried = (c: Context<Env>) => c.json(labelsOf(world, c.get("repo"), issueParam(c)));
  app.get(`${NUMBER}/labels`, carried);
  app.post(`${NUMBER}/labels`, async (c) => {
    const actor = requireLevel(c, "write");
    const { labels: ids } = await readBody(c, z.object({ labels: Ids }), "Label");
    addLabels(world, c.get("repo"), issueParam(c), actor.login, namesOf(c.get("repo"), ids));
    return carried(c);
  });
  app.delete(`${NUMBER}/labels/:id{[0-9]+}`, (c) => {
    const actor = requireLevel(c, "write");
    for (const name of namesOf(c.get("repo"), [idParam(c, "id")]))
      removeLabel(world, c.get("repo"), issueParam(c), actor.login, name);
    return c.body(null, 204);
  });
};

const comments = (app: Hono<Env>, world: World): void => {
  const one = "/issues/comments/:id{[0-9]+}";
  const found = (c: Context<Env>) => findComment(c.get("repo"), idParam(c, "id"));
  const mayChange = (c: Context<Env>, comment: Comment) => {
    const actor = signedIn(c);
    if (actor.login !== comment.author && !hasLevel(actor, "write")) throw forbidden();
    return actor.login;
  };
  app.get(one, (c) => {
    const { issue, comment } = found(c);
    return say(c, commentShape(world, c.get("repo"), issue, comment));
  });
  app.patch(one, async (c) => {
    const { issue, comment } = found(c);
    const actor = mayChange(c, comment);
    const { body } = await readBody(c, Body, "IssueComment");
    editComment(world, c.get("repo"), issue, comment, actor, body);
    return say(c, commentShape(world, c.get("repo"), issue, comment));
  });
  app.delete(one, (c) => {
    const { issue, comment } = found(c);
    deleteComment(world, c.get("repo"), issue, comment, mayChange(c, comment));
    return c.body(null, 204);
  });
  app.get(`${NUMBER}/comments`, (c) => {
    const issue = issueParam(c);
    const since = Date.parse(c.req.query("since") ?? "1970-01-01T00:00:00Z");
    // this listing has no pages
    const all = issue.comments.filter((comment) => Date.parse(comment.updatedAt) >= since);
    return c.json(all.map((comment) => commentShape(world, c.get("repo"), issue, comment)));
  });
  app.post(`${NUMBER}/comments`, async (c) => {
    const actor = signedIn(c);
    const issue = issueParam(c);
    const { body } = await readBody(c, Body, "IssueComment");
    const comment = addComment(world, c.get("repo"), issue, actor.login, body);
    return say(c, commentShape(world, c.get("repo"), issue, comment), 201);
  });
};
