import { Hono } from "hono";
import { z } from "zod";
import type { Context } from "../../features/context.ts";
import { findingById } from "../../features/findings/store.ts";
import { cancelTask } from "../../features/fixes/cancel.ts";
import { taskById } from "../../features/fixes/store.ts";
import { TaskId } from "../../kernel/ids.ts";
import { badBody, bears, jsonBody, unauthorized } from "./auth.ts";

const Cancel = z.looseObject({ note: z.string().max(500).default("") });
const api = { kind: "service", name: "api" } as const;

/** `POST /api/v1/tasks/{id}/cancel`: 404 where there is no such task, 409 with its state where it is over. */
export function taskRoutes(deps: Context): Hono {
  const route = new Hono();
  route.post("/api/v1/tasks/:id/cancel", async (c) => {
    if (!bears(c, deps.config.env.API_TOKEN)) return unauthorized(c, "the token");
    const body = Cancel.safeParse((await jsonBody(c)) ?? {});
    if (!body.success) return badBody(c, body.error.issues);
    const id = TaskId.safeParse(c.req.param("id"));
    const task = id.success ? await taskById(deps.db, id.data) : null;
    const finding = task === null ? null : await findingById(deps.db, task.findingId);
    if (task === null || finding === null) return c.json({ error: "there is no such task" }, 404);
    const by = { actor: api, name: "the API", note: body.data.note };
    const over = await cancelTask(deps, task, finding, by);
    if (over !== null)
      return c.json({ error: `the task is ${over} already`, task: task.id, status: over }, 409);
    return c.json({ task: task.id, status: "cancelled" });
  });
  return route;
}
