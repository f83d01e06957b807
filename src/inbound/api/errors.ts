import { Hono } from "hono";
import { z } from "zod";
import type { Context } from "../../features/context.ts";
import { keepRuntimeError } from "../../features/failures/runtime-error.ts";
import { badBody, bears, jsonBody, unauthorized } from "./auth.ts";
import { repoOfProject } from "./projects.ts";

const Body = z
  .looseObject({
    project: z.string().optional(),
    project_id: z.string().optional(),
    type: z.string().min(1).max(500),
    message: z.string().max(100_000),
    stack: z.string().max(1_000_000).default(""),
    environment: z.string().max(200).default(""),
    at: z.iso.datetime({ offset: true }).optional(),
  })
  .refine(
    (body) => body.project !== undefined || body.project_id !== undefined,
    "project or project_id is needed",
  );

/** `POST /api/v1/errors`: a service tells of a runtime error. */
export function errorsRoute(deps: Context): Hono {
  const route = new Hono();
  route.post("/api/v1/errors", async (c) => {
    const { REPORT_TOKEN, API_TOKEN } = deps.config.env;
    if (!bears(c, REPORT_TOKEN, API_TOKEN)) return unauthorized(c, "the token");
    const parsed = Body.safeParse(await jsonBody(c));
    if (!parsed.success) return badBody(c, parsed.error.issues);
    const { type, message, stack, environment, at } = parsed.data;
    const repo = repoOfProject(deps.config, parsed.data.project ?? parsed.data.project_id ?? "");
    if (repo === null) return c.json({ error: "no repository of flaky.yaml goes by that name" }, 404);
    const when = at === undefined ? deps.clock.now() : new Date(at);
    const finding = await keepRuntimeError(deps, { repo, type, message, stack, environment, at: when });
    return c.json({ finding: `F${finding}` }, 202);
  });
  return route;
}
