import { Hono } from "hono";
import { errorText } from "../../kernel/errors.ts";
import { authenticate, findRepository } from "../github/auth.ts";
import { type Env, HttpError } from "../github/http.ts";
import type { World } from "../github/world.ts";
import { actionRoutes } from "./actions.ts";
import { issueRoutes } from "./issues.ts";
import { pullRoutes } from "./pulls.ts";
import { repositoryRoutes, userRoutes } from "./repository.ts";

/** Gitea's interface, to be mounted at `/api/v1`: the same repositories, issues and people. */
export const giteaApp = (world: World): Hono<Env> => {
  const api = new Hono<Env>();
  api.use("*", authenticate(world));
  api.use("/repos/:owner/:repo", findRepository(world));
  api.use("/repos/:owner/:repo/*", findRepository(world));
  api.route("/", userRoutes(world));
  for (const routes of [repositoryRoutes, issueRoutes, pullRoutes, actionRoutes])
    api.route("/repos/:owner/:repo", routes(world));
  api.onError((error, c) => {
    const status = error instanceof HttpError ? error.status : 500;
    return c.json({ message: errorText(error), url: `${world.origin}/api/swagger` }, status);
  });
  return api;
};
