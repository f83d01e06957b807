import { Hono } from "hono";
import { z } from "zod";
import type { Context } from "../../features/context.ts";
import { keepRuntimeError } from "../../features/failures/errors/keep.ts";
import { HOUR } from "../../kernel/clock.ts";
import { Sha } from "../../kernel/ids.ts";
import { noLarger } from "../body-limit.ts";
import { badBody, bears, jsonBody, unauthorized } from "./auth.ts";
import { repoOfProject } from "./projects.ts";

const Body = z
  .looseObject({
    project: z.string().min(1).max(200).optional(),
    project_id: z.string().min(1).max(200).optional(),
    type: z.string().min(1).max(500),
    message: z.string().max(100_000),
    stack: z.string().max(1_000_000).default(""),
    environment: z.string().max(200).default(""),
    /** The commit that runs. */
    commit: Sha.optional(),
    at: z.iso.datetime({ offset: true }).optional(),
  })
  .refine(
    (body) => body.project !== undefined || body.project_id !== undefined,
    "project or project_id is needed",
  );

/** `POST /api/v1/errors`: a service tells of a runtime error. */
export function errorsRoute(deps: Context): Hono {
  const route = new Hono();
  const tooLarge = noLarger(2, "send the innermost calls of the stack");
  route.post("/api/v1/errors", tooLarge, async (c) => {
    const { REPORT_TOKEN, API_TOKEN } = deps.config.env;
    if (!bears(c, REPORT_TOKEN, API_TOKEN)) return unauthorized(c, "the token");
    const parsed = Body.safeParse(await jsonBody(c));
    if (!parsed.success) return badBody(c, parsed.error.issues);
    const { type, message, stack, environment, commit, at } = parsed.data;
    const project = parsed.data.project ?? parsed.data.project_id ?? "";
    const repo = repoOfProject(deps.config, project);
    if (repo === null) {
      const error = "no repository of flaky.yaml goes by that name: add it to its `projects`";
      return c.json({ error, project }, 404);
    }
    const now = deps.clock.now();
    const when = at === undefined ? now : new Date(at);
    // a clock that runs ahead would hide what comes after
    const seen = when.getTime() > now.getTime() + HOUR ? now : when;
    const error = { repo, project, type, message, stack, environment, commit: commit ?? null, at: seen };
    const finding = await keepRuntimeError(deps, error);
    return c.json({ finding: `F${finding}` }, 202);
  });
  return route;
}
