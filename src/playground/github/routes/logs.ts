import { strToU8, zipSync } from "fflate";
import { type Context, Hono } from "hono";
import { latest } from "../actions/latest.ts";
import { type Env, HttpError } from "../http.ts";
import type { Attempt, Job } from "../model.ts";
import type { World } from "../world.ts";
import { attemptParam, jobParam, runParam } from "./actions.ts";

// GitHub's log files begin with a byte order mark.
const textOf = (job: Job): string => `\uFEFF${job.log.map((line) => `${line}\n`).join("")}`;

const zipOf = (attempt: Attempt): Uint8Array<ArrayBuffer> => {
  const files = attempt.jobs.map((job, index) => {
    const name = job.spec.name.replace(/[^\w .,()=+-]/g, "");
    return [`${index}_${name}.txt`, strToU8(textOf(job))] as const;
  });
  return new Uint8Array(zipSync(Object.fromEntries(files)));
};

const needsToken = (c: Context<Env>): void => {
  if (!c.get("account")) throw new HttpError(403, "Must have admin rights to Repository.");
};

/** Logs: a redirect to an address that lives one minute and asks for no token. */
export const logRoutes = (world: World): Hono<Env> => {
  const app = new Hono<Env>();
  const redirect = (c: Context<Env>, answer: () => Response) =>
    c.redirect(`${world.origin}/-/download/${world.tickets.issue(answer)}`, 302);
  const zip = (c: Context<Env>, attempt: Attempt) => {
    needsToken(c);
    return redirect(
      c,
      () => new Response(zipOf(attempt), { headers: { "content-type": "application/zip" } }),
    );
  };
  app.get("/actions/jobs/:id/logs", (c) => {
    needsToken(c);
    const { job } = jobParam(c);
    if (job.status !== "completed" || job.log.length === 0) throw new HttpError(404, "Not Found");
    const headers = { "content-type": "text/plain; charset=utf-8" };
    return redirect(c, () => new Response(textOf(job), { headers }));
  });
  app.get("/actions/runs/:id/logs", (c) => zip(c, latest(runParam(c))));
  app.get("/actions/runs/:id/attempts/:attempt/logs", (c) => zip(c, attemptParam(c)));
  return app;
};
