import { Hono } from "hono";
import { html } from "hono/html";
import type { Env } from "../http.ts";
import type { Job, Repo, Run } from "../model.ts";
import type { World } from "../world.ts";
import { isProw } from "./folder.ts";
import { filesOf, folderOf, logOf } from "./jobs.ts";

interface Found {
  repo: Repo;
  run: Run;
  job: Job;
}

/** The job whose files lie in a folder. */
const jobAt = (world: World, folder: string): Found | null => {
  for (const repo of world.repos.values()) {
    for (const run of repo.runs.filter(isProw)) {
      const jobs = run.attempts.flatMap((attempt) => attempt.jobs);
      const job = jobs.find((one) => folderOf(repo, run, one) === folder);
      if (job !== undefined) return { repo, run, job };
    }
  }
  return null;
};

/** Prow's pages at `/prow/view/gs/…` and its artifact store at `/prow-store/…`; neither asks who reads. */
export const prowRoutes = (world: World): Hono<Env> => {
  const app = new Hono<Env>();
  app.get("/prow/view/gs/:folder{.+}", (c) => {
    const found = jobAt(world, c.req.param("folder"));
    if (found === null) return c.text("Not Found\n", 404);
    const { job, repo } = found;
    return c.html(
      html`<!doctype html>
        <title>${job.spec.name} ${job.id}</title>
        <h1>${job.spec.name}, build ${job.id}</h1>
        <p>${repo.fullName} at ${found.run.headSha}: ${job.conclusion ?? job.status}</p>
        <pre>${logOf(job)}</pre>`,
    );
  });
  app.get("/prow-store/:path{.+}", (c) => {
    const path = c.req.param("path");
    const slash = path.lastIndexOf("/");
    const found = jobAt(world, path.slice(0, slash));
    const file =
      found === null ? undefined : filesOf(found.repo, found.run, found.job)[path.slice(slash + 1)];
    if (file === undefined) return c.text("NoSuchKey\n", 404);
    return c.body(file, 200, { "content-type": "text/plain; charset=utf-8" });
  });
  return app;
};
