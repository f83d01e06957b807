import { Hono, type Context as Request } from "hono";
import { z } from "zod";
import type { Context } from "../../features/context.ts";
import { plainWords, rebaseWords, rerunWords, transientWords } from "../../features/pipelines/messages.ts";
import type { Place } from "../../features/pipelines/place.ts";
import { rebaseAndRerun } from "../../features/pipelines/rebase.ts";
import { rerun } from "../../features/pipelines/rerun.ts";
import { whichPlace } from "../../features/pipelines/which.ts";
import {
  ForbiddenError,
  NotFoundError,
  RefusedError,
  TransientError,
  UserError,
} from "../../kernel/errors.ts";
import { PullNumber, RepoName } from "../../kernel/ids.ts";
import { badBody, bears, jsonBody, unauthorized } from "./auth.ts";

const Body = z.object({
  pr: z.coerce.number().pipe(PullNumber),
  repo: RepoName.optional(),
  target: z.string().optional(),
});
const WithPipeline = Body.extend({ pipeline: z.string().min(1).max(300) });

const actor = { kind: "service", name: "api" } as const;

/** `POST /rerun` and `POST /rebase-rerun`, as JSON or a form. */
export function pipelineRoutes(deps: Context): Hono {
  const route = new Hono();
  const post = <S extends typeof Body>(
    path: string,
    schema: S,
    work: (place: Place, body: z.output<S>) => Promise<object>,
  ) =>
    route.post(path, async (c) => {
      if (!bears(c, deps.config.env.API_TOKEN)) return unauthorized(c, "the token");
      const parsed = schema.safeParse(await fields(c));
      if (!parsed.success) return badBody(c, parsed.error.issues);
      const { pr, repo, target } = parsed.data;
      let place: Place | null = null;
      try {
        place = await whichPlace(deps, { pull: pr, repo, target });
        return c.json({ ok: true, ...(await work(place, parsed.data)) });
      } catch (error) {
        return refused(c, place === null ? "The forge" : deps.forge.name(place.repo), error);
      }
    });
  post("/rerun", WithPipeline, async (place, { pr: pull, pipeline }) => {
    const done = await rerun(deps, { place, pull, actor, pipeline });
    const { already_triggered } = done;
    const message = plainWords(rerunWords(pull, done));
    if (done.how === "comment") return { already_triggered, command: done.command, message };
    const { workflow, id, url } = done.run;
    return { already_triggered, workflow, run: id, url, message };
  });
  post("/rebase-rerun", Body, async (place, { pr: pull }) => {
    const done = await rebaseAndRerun(deps, { place, pull, actor });
    return { ...done, message: plainWords(rebaseWords(pull, done)) };
  });
  return route;
}

/** What could not be done, in words; a fault of ours goes on to the server's own answer. */
function refused(c: Request, forge: string, error: unknown): Response {
  const said = (status: 400 | 403 | 404 | 502 | 503, message: string) =>
    c.json({ ok: false, error: plainWords(message) }, status);
  if (error instanceof NotFoundError) return said(404, error.message);
  if (error instanceof ForbiddenError) return said(403, error.message);
  if (error instanceof UserError) return said(400, error.message);
  if (error instanceof RefusedError) return said(502, `${forge} refused: ${error.message}`);
  if (!(error instanceof TransientError)) throw error;
  if (error.retryAfterMs !== null) c.header("Retry-After", String(Math.ceil(error.retryAfterMs / 1000)));
  return said(503, transientWords(forge, error));
}

const fields = (c: Request): Promise<unknown> =>
  c.req.header("content-type")?.includes("json") ? jsonBody(c) : c.req.parseBody();
