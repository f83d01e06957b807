import { Hono } from "hono";
import { ping } from "../../../db/client.ts";
import type { Context } from "../../features/context.ts";
import { exposition } from "../../platform/counters.ts";

/** `GET /healthz`, `/readyz` and `/metrics`. Ready means that database and queue answer; other services do not count. */
export function healthRoutes(deps: Pick<Context, "db" | "queue">): Hono {
  const route = new Hono();
  route.get("/healthz", (c) => c.json({ ok: true }));
  route.get("/readyz", async (c) => {
    try {
      await ping(deps.db);
      await deps.queue.pending();
      return c.json({ ready: true });
    } catch {
      return c.json({ ready: false, error: "the database or the queue does not answer" }, 503);
    }
  });
  route.get("/metrics", async (c) => {
    c.header("content-type", "text/plain; version=0.0.4; charset=utf-8");
    return c.body(await exposition(deps.db));
  });
  return route;
}
