import { type Context, Hono } from "hono";
import { rerun, rerunFailed } from "../actions/attempts.ts";
import { latest } from "../actions/latest.ts";
import { requireLevel } from "../auth.ts";
import { type Env, HttpError, idParam, notFound, paged, param, reply } from "../http.ts";
import type { Attempt, Job, Run, Workflow } from "../model.ts";
import { isProw } from "../prow/folder.ts";
import { jobShape, runShape, workflowShape } from "../shapes/run.ts";
import type { World } from "../world.ts";

/** The run of the path. Throws 404. */
export const runParam = (c: Context<Env>): Run => {
  const id = idParam(c, "id");
  const run = c.get("repo").runs.find((candidate) => candidate.id === id && !isProw(candidate));
  if (!run) throw notFound();
  return run;
};

/** The attempt of the path. Throws 404. */
export const attemptParam = (c: Context<Env>): Attempt => {
  const number = idParam(c, "attempt");
  const attempt = runParam(c).attempts.find((candidate) => candidate.number === number);
  if (!attempt) throw notFound();
  return attempt;
};

/** The job of the path with its run. Throws 404. */
export const jobParam = (c: Context<Env>): { run: Run; attempt: Attempt; job: Job } => {
  const id = idParam(c, "id");
  for (const run of c.get("repo").runs.filter((one) => !isProw(one))) {
    for (const attempt of run.attempts) {
      // A job carried over into a later attempt has an id of its own there.
      const job = attempt.jobs.find((candidate) => candidate.id === id);
      if (job) return { run, attempt, job };
    }
  }
  throw notFound();
};

const workflowParam = (c: Context<Env>): Workflow => {
  const name = param(c, "workflow");
  const found = [...c.get("repo").workflows.values()].find(
    (workflow) =>
      String(workflow.id) === name || workflow.path.split("/").at(-1) === name || workflow.path === name,
  );
  if (!found) throw notFound();
  return found;
};

/** Workflows, runs, attempts and jobs; reruns and cancellation. Logs have routes of their own. */
export const actionRoutes = (world: World): Hono<Env> => {
  const app = new Hono<Env>();
  workflowRoutes(app, world);
  runRoutes(app, world);
  jobRoutes(app, world);
  commandRoutes(app, world);
  return app;
};

const workflowRoutes = (app: Hono<Env>, world: World): void => {
  app.get("/actions/workflows", (c) => {
    const all = [...c.get("repo").workflows.values()].filter((workflow) => !isProw({ workflow }));
    const workflows = paged(c, all).map((workflow) => workflowShape(world, c.get("repo"), workflow));
    return reply(c, { total_count: all.length, workflows });
  });
  app.get("/actions/workflows/:workflow", (c) =>
    reply(c, workflowShape(world, c.get("repo"), workflowParam(c))),
  );
  app.get("/actions/workflows/:workflow/runs", (c) => {
    const workflow = workflowParam(c);
    return runList(
      world,
      c,
      c.get("repo").runs.filter((run) => run.workflow === workflow),
    );
  });
  app.get("/actions/runs", (c) => runList(world, c, c.get("repo").runs));
};

const runList = (world: World, c: Context<Env>, runs: Run[]): Response => {
  const found = runs.filter((run) => !isProw(run) && fits(c, run)).reverse();
  const workflow_runs = paged(c, found).map((run) => runShape(world, c.get("repo"), run));
  return reply(c, { total_count: found.length, workflow_runs });
};

const fits = (c: Context<Env>, run: Run): boolean => {
  const { status, conclusion } = latest(run);
  const wanted = c.req.query("status");
  const exact = { branch: run.headBranch, event: run.event, head_sha: run.headSha, actor: run.actor };
  return (
    (!wanted || wanted === status || wanted === conclusion) &&
    within(run.createdAt, c.req.query("created")) &&
    Object.entries(exact).every(([name, value]) => (c.req.query(name) ?? value) === value)
  );
};

/** Whether a time fits GitHub's search form: `>=T`, `>T`, `<=T`, `<T`, `A..B` or a day or moment. */
const within = (time: string, filter: string | undefined): boolean => {
  if (!filter) return true;
  const at = Date.parse(time);
  const end = (text: string): number => Date.parse(text) + (text.length === 10 ? 86_399_999 : 0);
  const [from, to] = filter.split("..");
  if (from && to) return (from === "*" || at >= Date.parse(from)) && (to === "*" || at <= end(to));
  const [, sign = "", moment = ""] = /^(>=|<=|>|<)?(.*)$/.exec(filter) ?? [];
  if (Number.isNaN(Date.parse(moment))) throw new HttpError(422, `Invalid created filter: ${filter}`);
  if (sign === ">=") return at >= Date.parse(moment);
  if (sign === ">") return at > end(moment);
  if (sign === "<=") return at <= end(moment);
  if (sign === "<") return at < Date.parse(moment);
  return at >= Date.parse(moment) && at <= end(moment);
};

const runRoutes = (app: Hono<Env>, world: World): void => {
  app.get("/actions/runs/:id", (c) => reply(c, runShape(world, c.get("repo"), runParam(c))));
  app.get("/actions/runs/:id/attempts/:attempt", (c) =>
    reply(c, runShape(world, c.get("repo"), runParam(c), attemptParam(c))),
  );
};

const jobRoutes = (app: Hono<Env>, world: World): void => {
  const list = (c: Context<Env>, all: Job[]) => {
    const run = runParam(c);
    const jobs = paged(c, all).map((job) => jobShape(world, c.get("repo"), run, job));
    return reply(c, { total_count: all.length, jobs });
  };
  app.get("/actions/runs/:id/jobs", (c) => {
    const run = runParam(c);
    const isAll = c.req.query("filter") === "all";
    return list(c, isAll ? run.attempts.flatMap(({ jobs }) => jobs) : latest(run).jobs);
  });
  app.get("/actions/runs/:id/attempts/:attempt/jobs", (c) => list(c, attemptParam(c).jobs));
  app.get("/actions/jobs/:id", (c) => {
    const { run, job } = jobParam(c);
    return reply(c, jobShape(world, c.get("repo"), run, job));
  });
};

const commandRoutes = (app: Hono<Env>, world: World): void => {
  app.post("/actions/runs/:id/rerun", (c) => {
    rerun(world, c.get("repo"), runParam(c), requireLevel(c, "write").login);
    return reply(c, {}, 201);
  });
  app.post("/actions/runs/:id/rerun-failed-jobs", (c) => {
    rerunFailed(world, c.get("repo"), runParam(c), requireLevel(c, "write").login);
    return reply(c, {}, 201);
  });
  app.post("/actions/jobs/:id/rerun", (c) => {
    const { run, job } = jobParam(c);
    const login = requireLevel(c, "write").login;
    rerun(world, c.get("repo"), run, login, (other) => other.spec === job.spec);
    return reply(c, {}, 201);
  });
  app.post("/actions/runs/:id/cancel", (c) => {
    requireLevel(c, "write");
    const attempt = latest(runParam(c));
    if (attempt.status === "completed") {
      throw new HttpError(409, "Cannot cancel a workflow run that is completed.");
    }
    world.jobs?.cancel(attempt);
    return reply(c, {}, 202);
  });
};
