import { Hono } from "hono";
import { ApiError } from "./api/error.ts";
import { answerCall } from "./api/router.ts";
import { pageRoutes } from "./page/routes.tsx";
import type { Parts, SlackPlayground } from "./verbs.ts";

/** The HTTP side: Web API, response urls and the page. */
export function slackRoutes(verbs: SlackPlayground, parts: Parts): Hono {
  const app = new Hono();
  app.all("/api/:method", (c) => answerCall(parts.api, c.req.param("method"), c.req.raw));
  app.post("/response/*", async (c) => {
    try {
      parts.acting.responses.take(c.req.path, await jsonBody(c.req.raw));
      return c.text("ok");
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const status = error.status === 404 ? 404 : 400;
      return c.json({ ok: false, error: error.code, ...error.more }, status);
    }
  });
  return app.route("/", pageRoutes(verbs));
}

async function jsonBody(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    throw new ApiError("invalid_payload", {}, 400);
  }
}
