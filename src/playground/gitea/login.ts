import { Hono } from "hono";
import { z } from "zod";
import type { Env } from "../github/http.ts";
import type { World } from "../github/world.ts";

/** An OAuth2 application as its owner made it. */
export const APPLICATION = { id: "playground", secret: "playground-oauth-secret" };

const Ask = z.object({
  client_id: z.literal(APPLICATION.id),
  client_secret: z.literal(APPLICATION.secret),
  grant_type: z.literal("authorization_code"),
  code: z.string(),
  redirect_uri: z.url(),
});

/** Gitea's half of the web flow that answers programs; the page where a person says yes is GitHub's. There are no codes to enter. */
export const loginRoutes = (world: World): Hono<Env> => {
  const app = new Hono<Env>();
  const refused = (error: string) => ({ error, error_description: error.replaceAll("_", " ") });
  app.post("/login/oauth/access_token", async (c) => {
    const isJson = (c.req.header("content-type") ?? "").includes("json");
    const asked = Ask.safeParse(isJson ? await c.req.json() : await c.req.parseBody());
    if (!asked.success) return c.json(refused("invalid_request"), 400);
    const result = world.logins.exchange(asked.data.code);
    if ("error" in result) return c.json(refused("unauthorized_client"), 400);
    return c.json({
      ...{ access_token: result.token, token_type: "bearer", expires_in: 3600 },
      refresh_token: "none",
    });
  });
  app.all("/login/device", (c) => c.notFound());
  app.all("/login/device/code", (c) => c.notFound());
  return app;
};
