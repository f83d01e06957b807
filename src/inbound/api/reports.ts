import { Hono } from "hono";
import { z } from "zod";
import type { Context } from "../../features/context.ts";
import { keepReport } from "../../features/failures/report.ts";
import { Login, PullNumber, Sha } from "../../kernel/ids.ts";
import { storableText } from "../../kernel/text/storable.ts";
import { noLarger } from "../body-limit.ts";
import { badBody, bears, unauthorized } from "./auth.ts";
import { repoOfProject } from "./projects.ts";

const Text = z.string().overwrite(storableText);

const Fields = z.object({
  repo: z.string().min(1),
  sha: Sha,
  branch: Text.min(1).max(300),
  run_url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .overwrite(storableText),
  job: Text.min(1).max(300),
  attempt: z.coerce.number().int().min(1).max(10_000).default(1),
  pr: z.coerce.number().pipe(PullNumber).optional(),
  author: Text.pipe(Login).optional(),
});

/**
 * `POST /api/v1/reports`: JUnit XML, `go test -json` or a raw log (also gzipped or zipped). The fields come as query
 * with the report as body, or as a form with the report in its file field `report`.
 */
export function reportsRoute(deps: Context): Hono {
  const route = new Hono();
  const tooLarge = noLarger(100);
  route.post("/api/v1/reports", tooLarge, async (c) => {
    const { REPORT_TOKEN, API_TOKEN } = deps.config.env;
    if (!bears(c, REPORT_TOKEN, API_TOKEN)) return unauthorized(c, "the token");
    const form = c.req.header("content-type")?.startsWith("multipart/form-data")
      ? await c.req.parseBody()
      : null;
    const file = form?.report;
    const body =
      form === null
        ? await c.req.arrayBuffer()
        : await (file instanceof Blob ? file : new Blob([String(file ?? "")])).arrayBuffer();
    const parsed = Fields.safeParse({ ...c.req.query(), ...form });
    if (!parsed.success) return badBody(c, parsed.error.issues);
    if (body.byteLength === 0)
      return c.json(
        { error: "there is no report: send it as the body, or as the form's file `report`" },
        400,
      );
    const repo = repoOfProject(deps.config, parsed.data.repo);
    if (repo === null) return c.json({ error: `${parsed.data.repo} is no repository of flaky.yaml` }, 404);
    const { sha, branch, run_url, job, attempt, pr, author } = parsed.data;
    const where = {
      repo,
      sha,
      branch,
      runUrl: run_url,
      job,
      attempt,
      pull: pr ?? null,
      author: author ?? null,
    };
    return c.json(await keepReport(deps, where, new Uint8Array(body)), 202);
  });
  return route;
}
