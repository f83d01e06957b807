import { Hono } from "hono";
import { rerunFailed } from "../github/actions/attempts.ts";
import { latest } from "../github/actions/latest.ts";
import { requireLevel } from "../github/auth.ts";
import { type Env, notFound } from "../github/http.ts";
import type { Repo, Run } from "../github/model.ts";
import { isProw } from "../github/prow/folder.ts";
import { jobParam, runParam } from "../github/routes/actions.ts";
import { jobShape, runShape } from "../github/shapes/run.ts";
import type { World } from "../github/world.ts";
import { pageOf, say } from "./http.ts";
import { pathOf, plain } from "./words.ts";

function shape(world: World, repo: Repo, run: Run): object {
  const { name: _, ...facts } = runShape(world, repo, run);
  const attempt = latest(run);
  const over = attempt.status === "completed";
  // a run of a pull request names that, and no branch
  const pull = /^refs\/pull\/\d+/.exec(run.ref)?.[0];
  return {
    ...facts,
    ...(pull === undefined ? {} : { head_branch: "" }),
    path: pathOf(run.workflow.path, pull === undefined ? `refs/heads/${run.headBranch}` : `${pull}/head`),
    started_at: attempt.startedAt,
    completed_at: over ? attempt.updatedAt : null,
  };
}

/** Runs at their newest attempt, their jobs and logs. Earlier attempts are not kept. */
export const actionRoutes = (world: World): Hono<Env> => {
  const app = new Hono<Env>();
  app.get("/actions/runs", (c) => {
    const sha = c.req.query("head_sha");
    const found = c.get("repo").runs.filter((run) => !isProw(run) && (!sha || run.headSha === sha));
    const runs = pageOf(c, found.reverse()).map((run) => plain(shape(world, c.get("repo"), run)));
    return c.json({ workflow_runs: runs, total_count: found.length });
  });
  app.get("/actions/runs/:id{[0-9]+}", (c) => say(c, shape(world, c.get("repo"), runParam(c))));
  app.get("/actions/runs/:id{[0-9]+}/jobs", (c) => {
    const run = runParam(c);
    const { jobs } = latest(run);
    const shown = pageOf(c, jobs).map((job) => plain(jobShape(world, c.get("repo"), run, job)));
    return c.json({ jobs: shown, total_count: jobs.length });
  });
  app.get("/actions/jobs/:id{[0-9]+}/logs", (c) => {
    const { job } = jobParam(c);
    if (job.status !== "completed") throw notFound();
    return c.text(job.log.map((line) => `${line}\n`).join(""));
  });
  app.post("/actions/runs/:id{[0-9]+}/rerun-failed-jobs", (c) => {
    rerunFailed(world, c.get("repo"), runParam(c), requireLevel(c, "write").login);
    return c.body(null, 201);
  });
  return app;
};
