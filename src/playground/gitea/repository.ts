import { Hono } from "hono";
import { requireLevel, signedIn } from "../github/auth.ts";
import { commitOf, fileAt, log } from "../github/history.ts";
import { type Env, notFound, param } from "../github/http.ts";
import { commitShape } from "../github/shapes/commit.ts";
import { repositoryShape } from "../github/shapes/repository.ts";
import { publicUserShape } from "../github/shapes/user.ts";
import { jobsOn, statusesOn } from "../github/verbs/checks.ts";
import type { World } from "../github/world.ts";
import { pageOf, say, sayAll } from "./http.ts";
import { plain, RIGHTS, stateOf } from "./words.ts";

/** The token's own account. */
export const userRoutes = (world: World): Hono<Env> => {
  const app = new Hono<Env>();
  app.get("/user", (c) => say(c, publicUserShape(world, signedIn(c))));
  return app;
};

/** The repository itself: rights, commits, files, statuses. */
export const repositoryRoutes = (world: World): Hono<Env> => {
  const app = new Hono<Env>();
  app.get("/", (c) => {
    const ways = { allow_merge_commits: true, allow_rebase: true, internal: false };
    return say(c, { ...repositoryShape(world, c.get("repo")), ...ways });
  });
  app.get("/collaborators/:login/permission", (c) => {
    requireLevel(c, "admin");
    const account = world.account(param(c, "login"));
    if (!account) throw notFound();
    const permission = RIGHTS[account.permission];
    return c.json({ permission, role_name: permission, user: { login: account.login } });
  });
  app.get("/raw/:path{.+}", async (c) => {
    const repo = c.get("repo");
    const commit = await commitOf(world, repo, c.req.query("ref") ?? repo.defaultBranch);
    const text = commit && (await fileAt(world, repo, commit.sha, c.req.param("path")));
    if (text === null) throw notFound();
    return c.text(text);
  });
  commits(app, world);
  return app;
};

const commits = (app: Hono<Env>, world: World): void => {
  app.get("/commits", async (c) => {
    const repo = c.get("repo");
    const from = await commitOf(world, repo, c.req.query("sha") ?? repo.defaultBranch);
    if (!from) throw notFound();
    const path = c.req.query("path");
    const found = await log(world, repo, [from.sha, ...(path ? ["--", path] : [])]);
    return sayAll(
      c,
      found.map((commit) => commitShape(world, repo, commit)),
    );
  });
  app.get("/compare/:range{.+}", async (c) => {
    const [from = "", to = ""] = c.req.param("range").split("...");
    const [base, head] = [
      await commitOf(world, c.get("repo"), from),
      await commitOf(world, c.get("repo"), to),
    ];
    if (!base || !head) throw notFound();
    const beyond = await log(world, c.get("repo"), [`${base.sha}..${head.sha}`]);
    return c.json({ total_commits: beyond.length });
  });
  app.get("/commits/:ref{.+}/status", async (c) => {
    const repo = c.get("repo");
    const commit = await commitOf(world, repo, c.req.param("ref"));
    if (!commit) throw notFound();
    // Actions leave a status for each job
    const jobs = jobsOn(repo, commit.sha).map(({ job }) => ({
      id: job.id,
      context: job.spec.name,
      status: stateOf(job.status, job.conclusion),
      description: "",
      target_url: `${world.origin}/${repo.fullName}/actions/runs/${job.runId}`,
    }));
    const left = statusesOn(repo, commit.sha).map(({ id, context, state, description, targetUrl }) => ({
      ...{ id, context, description: description ?? "", target_url: targetUrl ?? "" },
      status: state,
    }));
    const all = [...jobs, ...left];
    return c.json({ sha: commit.sha, total_count: all.length, statuses: pageOf(c, all).map(plain) });
  });
};
