import { Hono } from "hono";
import { signedIn } from "../auth.ts";
import { type Env, notFound, reply } from "../http.ts";
import { publicUserShape } from "../shapes/user.ts";
import type { World } from "../world.ts";

/** `/user`, `/users/{login}`, `/rate_limit`, `/meta`. */
export const userRoutes = (world: World): Hono<Env> => {
  const app = new Hono<Env>();
  app.get("/user", (c) => {
    c.header("x-oauth-scopes", "repo, workflow");
    return reply(c, publicUserShape(world, signedIn(c)));
  });
  app.get("/users/:login", (c) => {
    const account = world.account(c.req.param("login"));
    if (!account) throw notFound();
    return reply(c, publicUserShape(world, account));
  });
  app.get("/rate_limit", (c) => {
    const state = world.quota.state(c.get("account")?.login ?? "anonymous");
    return reply(c, { resources: { core: state, search: state, graphql: state }, rate: state });
  });
  app.get("/meta", (c) =>
    reply(c, { verifiable_password_authentication: false, installed_version: "3.0.0" }),
  );
  return app;
};
