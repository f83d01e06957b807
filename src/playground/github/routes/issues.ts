import { type Context, Hono } from "hono";
import { z } from "zod";
import { forbidden, hasLevel, signedIn } from "../auth.ts";
import { type Env, HttpError, idParam, notFound, paged, readBody, reply } from "../http.ts";
import type { Issue, Repo } from "../model.ts";
import { commentShape, eventShape, issueShape } from "../shapes/issue.ts";
import { reviewShape } from "../shapes/review.ts";
import { editIssue, openIssue } from "../verbs/issues.ts";
import { setAssignees, setLabels } from "../verbs/labels.ts";
import type { World } from "../world.ts";

const Names = z.array(z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]));

const Create = z.object({
  title: z.union([z.string(), z.number()]).transform(String),
  body: z.string().nullish(),
  labels: Names.default([]),
  assignees: z.array(z.string()).default([]),
});

const Patch = z.object({
  title: z.string().min(1).optional(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]).optional(),
  state_reason: z.enum(["completed", "not_planned", "duplicate", "reopened"]).nullish(),
  labels: Names.optional(),
  assignees: z.array(z.string()).optional(),
});

/** The issue (or pull request) of the path. Throws 404. */
export const issueParam = (c: Context<Env>): Issue => {
  const issue = c.get("repo").issues.get(idParam(c, "number"));
  if (!issue) throw notFound();
  return issue;
};

/** Issues: list, create, read, change, history. */
export const issueRoutes = (world: World): Hono<Env> => {
  const app = new Hono<Env>();
  app.get("/issues", (c) => {
    const issues = paged(c, listed(c, [...c.get("repo").issues.values()]));
    return reply(
      c,
      issues.map((issue) => issueShape(world, c.get("repo"), issue)),
    );
  });
  app.post("/issues", async (c) => {
    const actor = signedIn(c);
    const { body, ...input } = await readBody(c, Create, "Issue");
    const issue = openIssue(world, c.get("repo"), actor, { ...input, body: body ?? null });
    return reply(c, issueShape(world, c.get("repo"), issue), 201);
  });
  app.get("/issues/:number{[0-9]+}", (c) => reply(c, issueShape(world, c.get("repo"), issueParam(c))));
  app.patch("/issues/:number{[0-9]+}", async (c) => {
    const actor = signedIn(c);
    const issue = issueParam(c);
    const patch = await readBody(c, Patch, "Issue");
    const isTriager = hasLevel(actor, "triage");
    const isAuthor = actor.login === issue.author;
    if (!isTriager && (!isAuthor || patch.labels || patch.assignees)) throw forbidden();
    const { labels, assignees, state_reason: stateReason, ...edit } = patch;
    const repo = c.get("repo");
    editIssue(world, repo, issue, actor.login, { ...edit, stateReason });
    if (labels) setLabels(world, repo, issue, actor.login, labels);
    if (assignees) setAssignees(world, repo, issue, actor.login, assignees);
    return reply(c, issueShape(world, repo, issue));
  });
  app.get("/issues/:number{[0-9]+}/events", (c) => {
    const events = paged(c, issueParam(c).events);
    return reply(
      c,
      events.map((event) => eventShape(world, c.get("repo"), event)),
    );
  });
  app.get("/issues/:number{[0-9]+}/timeline", (c) =>
    reply(c, paged(c, timeline(world, c.get("repo"), issueParam(c)))),
  );
  return app;
};

const listed = (c: Context<Env>, issues: Issue[]): Issue[] => {
  const state = c.req.query("state") ?? "open";
  const labels = (c.req.query("labels") ?? "").toLowerCase().split(",").filter(Boolean);
  const since = c.req.query("since");
  if (since && Number.isNaN(Date.parse(since))) throw new HttpError(422, "Invalid value for since");
  const creator = c.req.query("creator")?.toLowerCase();
  const assignee = c.req.query("assignee");
  const kept = issues.filter(
    (issue) =>
      (state === "all" || issue.state === state) &&
      labels.every((wanted) => issue.labels.some((label) => label.toLowerCase() === wanted)) &&
      (!since || Date.parse(issue.updatedAt) >= Date.parse(since)) &&
      (!creator || issue.author.toLowerCase() === creator) &&
      (!assignee || assignee === "*" || issue.assignees.includes(assignee)),
  );
  return sorted(c, kept);
};

/** Sorts by the request's `sort` and `direction`; equal times are sorted by number. */
export const sorted = (c: Context<Env>, issues: Issue[]): Issue[] => {
  const key = (issue: Issue): number => {
    const sort = c.req.query("sort");
    if (sort === "comments") return issue.comments.length;
    return Date.parse(sort === "updated" ? issue.updatedAt : issue.createdAt);
  };
  const sign = c.req.query("direction") === "asc" ? 1 : -1;
  return issues.sort((a, b) => sign * (key(a) - key(b) || a.number - b.number));
};

const timeline = (world: World, repo: Repo, issue: Issue): object[] => {
  const comments = issue.comments.map((comment) => {
    const shape = commentShape(world, repo, issue, comment);
    return { ...shape, event: "commented", actor: shape.user };
  });
  const reviews = (issue.pull?.reviews ?? []).map((review) => ({
    ...reviewShape(world, repo, issue, review),
    event: "reviewed",
    created_at: review.submittedAt,
  }));
  const events = issue.events.map((event) => eventShape(world, repo, event));
  return [...events, ...comments, ...reviews].sort(
    (a, b) => Date.parse(a.created_at) - Date.parse(b.created_at) || Number(a.id) - Number(b.id),
  );
};
