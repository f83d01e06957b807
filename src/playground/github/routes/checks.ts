import { Hono } from "hono";
import { z } from "zod";
import { requireLevel } from "../auth.ts";
import { commitOf } from "../history.ts";
import { type Env, HttpError, idParam, notFound, paged, param, readBody, reply } from "../http.ts";
import type { CommitStatus } from "../model.ts";
import { repositoryShape } from "../shapes/repository.ts";
import { checkRunShape } from "../shapes/run.ts";
import type { Schemas } from "../shapes/schemas.ts";
import { statusShape } from "../shapes/status.ts";
import { jobsOn, statusesOn } from "../verbs/checks.ts";
import { addStatus } from "../verbs/statuses.ts";
import type { World } from "../world.ts";
import { commitParam } from "./commits.ts";

const Create = z.object({
  state: z.enum(["error", "failure", "pending", "success"]),
  context: z.string().default("default"),
  description: z.string().nullish(),
  target_url: z.string().nullish(),
});

const combined = (states: CommitStatus["state"][]): string => {
  if (states.some((state) => state === "failure" || state === "error")) return "failure";
  return states.length === 0 || states.includes("pending") ? "pending" : "success";
};

/** Check runs (one for each job) and commit statuses. */
export const checkRoutes = (world: World): Hono<Env> => {
  const app = new Hono<Env>();
  app.get("/commits/:ref/check-runs", async (c) => {
    const { sha } = await commitParam(world, c);
    const name = c.req.query("check_name");
    const status = c.req.query("status");
    const all = jobsOn(c.get("repo"), sha).filter(
      ({ job }) => (!name || job.spec.name === name) && (!status || job.status === status),
    );
    const check_runs = paged(c, all).map(({ run, job }) => checkRunShape(world, c.get("repo"), run, job));
    return reply(c, { total_count: all.length, check_runs });
  });
  app.get("/check-runs/:id", (c) => {
    const repo = c.get("repo");
    for (const run of repo.runs) {
      const job = run.attempts.flatMap(({ jobs }) => jobs).find(({ id }) => id === idParam(c, "id"));
      if (job) return reply(c, checkRunShape(world, repo, run, job));
    }
    throw notFound();
  });
  statusRoutes(app, world);
  return app;
};

const statusRoutes = (app: Hono<Env>, world: World): void => {
  app.get("/commits/:ref/status", async (c) => {
    const repo = c.get("repo");
    const { sha } = await commitParam(world, c);
    const statuses = statusesOn(repo, sha);
    const url = `${world.api}/repos/${repo.fullName}/commits/${sha}`;
    const answer: Schemas["combined-commit-status"] = {
      state: combined(statuses.map(({ state }) => state)),
      statuses: paged(c, statuses).map((status) => statusShape(world, repo, status)),
      sha,
      total_count: statuses.length,
      repository: repositoryShape(world, repo),
      commit_url: url,
      url: `${url}/status`,
    };
    return reply(c, answer);
  });
  app.get("/commits/:ref/statuses", async (c) => {
    const { sha } = await commitParam(world, c);
    const all = c
      .get("repo")
      .statuses.filter((status) => status.sha === sha)
      .reverse();
    return reply(
      c,
      paged(c, all).map((status) => statusShape(world, c.get("repo"), status)),
    );
  });
  app.post("/statuses/:sha", async (c) => {
    const actor = requireLevel(c, "write");
    const repo = c.get("repo");
    const commit = await commitOf(world, repo, param(c, "sha"));
    if (!commit) throw new HttpError(422, `No commit found for SHA: ${param(c, "sha")}`);
    const input = await readBody(c, Create, "Status");
    const shape = addStatus(world, repo, actor.login, commit, {
      state: input.state,
      context: input.context,
      description: input.description ?? null,
      targetUrl: input.target_url ?? null,
    });
    return reply(c, shape, 201);
  });
};
