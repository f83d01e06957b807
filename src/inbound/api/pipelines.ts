import { Hono, type Context as Request } from "hono";
import { z } from "zod";
import type { Config } from "../../config/index.ts";
import type { Context } from "../../features/context.ts";
import { rebaseAndRerun, rerun } from "../../features/pipelines/rerun.ts";
import { NotFoundError, UserError } from "../../kernel/errors.ts";
import { PullNumber, RepoName } from "../../kernel/ids.ts";
import { badBody, bears, jsonBody, unauthorized } from "./auth.ts";

const Body = z.object({
  pr: z.coerce.number().pipe(PullNumber),
  repo: RepoName.optional(),
  target: z.string().optional(),
  pipeline: z.string().min(1).optional(),
});
type Body = z.infer<typeof Body>;

const actor = { kind: "service", name: "api" } as const;

/** `POST /rerun` and `POST /rebase-rerun`, as JSON or a form. */
export function pipelineRoutes(deps: Context): Hono {
  const route = new Hono();
  const post = (path: string, work: (body: Body, repo: RepoName) => Promise<object>) =>
    route.post(path, async (c) => {
      if (!bears(c, deps.config.env.API_TOKEN)) return unauthorized(c, "the token");
      const parsed = Body.safeParse(await fields(c));
      if (!parsed.success) return badBody(c, parsed.error.issues);
      try {
        return c.json({ ok: true, ...(await work(parsed.data, repoOf(deps.config, parsed.data))) });
      } catch (error) {
        if (error instanceof NotFoundError) return c.json({ ok: false, error: error.message }, 404);
        if (error instanceof UserError) return c.json({ ok: false, error: error.message }, 400);
        throw error;
      }
    });
  post("/rerun", (body, repo) => rerun(deps, { repo, pull: body.pr, pipeline: body.pipeline ?? "", actor }));
  post("/rebase-rerun", (body, repo) => rebaseAndRerun(deps, { repo, pull: body.pr, actor }));
  return route;
}

const fields = (c: Request): Promise<unknown> =>
  c.req.header("content-type")?.includes("json") ? jsonBody(c) : c.req.parseBody();

/** The repository that is named, else the target's only one, else the only one there is. */
function repoOf(config: Config, body: Body): RepoName {
  if (body.repo !== undefined) return body.repo;
  const target = config.file.targets.find((one) => one.label === body.target);
  if (body.target !== undefined && target === undefined)
    throw new NotFoundError(`There is no target ${body.target}.`);
  const repos = target?.repos ?? config.file.repos.map((repo) => repo.source);
  const [only, ...more] = repos;
  if (only === undefined || more.length > 0)
    throw new UserError("Several repositories are possible: name one as `repo`.");
  return only;
}
