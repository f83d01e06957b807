import { type Context, Hono } from "hono";
import { z } from "zod";
import { requireLevel } from "../auth.ts";
import { type Env, HttpError, notFound, paged, param, readBody, reply } from "../http.ts";
import { issueShape, labelShape, labelsOf } from "../shapes/issue.ts";
import { addLabels, createLabel, removeLabel, setAssignees, setLabels } from "../verbs/labels.ts";
import type { World } from "../world.ts";
import { issueParam } from "./issues.ts";

const Create = z.object({
  name: z.string().min(1).max(50),
  color: z.string().optional(),
  description: z.string().max(100).nullish(),
});
const Names = z.union([
  z.array(z.string()).transform((labels) => ({ labels })),
  z.object({ labels: z.array(z.string()).default([]) }),
]);
const Assignees = z.object({ assignees: z.array(z.string()).default([]) });

/** Labels of the repository and of its issues, and assignees. */
export const labelRoutes = (world: World): Hono<Env> => {
  const app = new Hono<Env>();
  app.get("/labels", (c) => {
    const labels = paged(c, [...c.get("repo").labels.values()]);
    return reply(
      c,
      labels.map((label) => labelShape(world, c.get("repo"), label)),
    );
  });
  app.post("/labels", async (c) => {
    requireLevel(c, "write");
    const { name, color, description } = await readBody(c, Create, "Label");
    const label = createLabel(world, c.get("repo"), name, color, description ?? null);
    return reply(c, labelShape(world, c.get("repo"), label), 201);
  });
  app.get("/labels/:name", (c) => {
    const label = c.get("repo").labels.get(param(c, "name").toLowerCase());
    if (!label) throw notFound();
    return reply(c, labelShape(world, c.get("repo"), label));
  });
  issueLabels(app, world);
  assignees(app, world);
  return app;
};

const issueLabels = (app: Hono<Env>, world: World): void => {
  const path = "/issues/:number{[0-9]+}/labels";
  const carried = (c: Context<Env>) => reply(c, labelsOf(world, c.get("repo"), issueParam(c)));
  app.get(path, carried);
  app.post(path, async (c) => {
    const actor = requireLevel(c, "triage");
    const { labels } = await readBody(c, Names, "Label");
    addLabels(world, c.get("repo"), issueParam(c), actor.login, labels);
    return carried(c);
  });
  app.put(path, async (c) => {
    const actor = requireLevel(c, "triage");
    const { labels } = await readBody(c, Names, "Label");
    setLabels(world, c.get("repo"), issueParam(c), actor.login, labels);
    return carried(c);
  });
  app.delete(path, (c) => {
    setLabels(world, c.get("repo"), issueParam(c), requireLevel(c, "triage").login, []);
    return c.body(null, 204);
  });
  app.delete(`${path}/:name`, (c) => {
    const actor = requireLevel(c, "triage");
    const removed = removeLabel(world, c.get("repo"), issueParam(c), actor.login, param(c, "name"));
    if (!removed) throw new HttpError(404, "Label does not exist");
    return carried(c);
  });
};

const assignees = (app: Hono<Env>, world: World): void => {
  const path = "/issues/:number{[0-9]+}/assignees";
  app.post(path, async (c) => {
    const actor = requireLevel(c, "triage");
    const issue = issueParam(c);
    const { assignees: added } = await readBody(c, Assignees, "Issue");
    setAssignees(world, c.get("repo"), issue, actor.login, [...issue.assignees, ...added]);
    return reply(c, issueShape(world, c.get("repo"), issue), 201);
  });
  app.delete(path, async (c) => {
    const actor = requireLevel(c, "triage");
    const issue = issueParam(c);
    const { assignees: removed } = await readBody(c, Assignees, "Issue");
    const kept = issue.assignees.filter((login) => !removed.includes(login));
    setAssignees(world, c.get("repo"), issue, actor.login, kept);
    return reply(c, issueShape(world, c.get("repo"), issue));
  });
};
