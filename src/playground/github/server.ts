import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { errorText } from "../../kernel/errors.ts";
import { loginRoutes as giteaLoginRoutes } from "../gitea/login.ts";
import { giteaApp } from "../gitea/server.ts";
import { authenticate, findRepository } from "./auth.ts";
import { gitRoutes } from "./git-http.ts";
import { type Env, HttpError } from "./http.ts";
import { conditional, rateLimit, recordAndFail } from "./middleware.ts";
import { loginRoutes } from "./pages/login.tsx";
import { pageRoutes } from "./pages/routes.tsx";
import { prowRoutes } from "./prow/routes.ts";
import { actionRoutes } from "./routes/actions.ts";
import { checkRoutes } from "./routes/checks.ts";
import { commentRoutes } from "./routes/comments.ts";
import { commitRoutes } from "./routes/commits.ts";
import { contentRoutes } from "./routes/contents.ts";
import { graphqlRoutes } from "./routes/graphql.ts";
import { hookRoutes } from "./routes/hooks.ts";
import { issueRoutes } from "./routes/issues.ts";
import { labelRoutes } from "./routes/labels.ts";
import { logRoutes } from "./routes/logs.ts";
import { pullRoutes } from "./routes/pulls.ts";
import { repoRoutes } from "./routes/repos.ts";
import { reviewRoutes } from "./routes/reviews.ts";
import { userRoutes } from "./routes/users.ts";
import type { World } from "./world.ts";

const REPOSITORY_ROUTES = [
  repoRoutes,
  commitRoutes,
  contentRoutes,
  actionRoutes,
  logRoutes,
  checkRoutes,
  commentRoutes,
  issueRoutes,
  labelRoutes,
  reviewRoutes,
  pullRoutes,
  hookRoutes,
];

const apiApp = (world: World): Hono<Env> => {
  const api = new Hono<Env>();
  api.use("*", rateLimit(world), conditional, authenticate(world));
  api.use("/repos/:owner/:repo", findRepository(world));
  api.use("/repos/:owner/:repo/*", findRepository(world));
  api.route("/", userRoutes(world));
  api.route("/", graphqlRoutes(world));
  for (const routes of REPOSITORY_ROUTES) api.route("/repos/:owner/:repo", routes(world));
  api.onError((error, c) => {
    if (error instanceof HttpError) return c.json(error.body(), error.status);
    return c.json({ message: "Server Error", error: errorText(error) }, 500);
  });
  return api;
};

/** The whole server as one Hono app: REST, GraphQL, git over HTTP, downloads. */
export const serverApp = (world: World): Hono<Env> => {
  const app = new Hono<Env>();
  app.use("*", recordAndFail(world));
  app.route("/api/v3", apiApp(world));
  app.route("/api/v1", giteaApp(world));
  app.get("/:owner/:repo/pulls/:number{[0-9]+}", (c) => c.redirect(c.req.path.replace("/pulls/", "/pull/")));
  // Octokit derives this address of GraphQL from a base that ends in /api/v3.
  const graphql = graphqlRoutes(world);
  app.use("/api/graphql", rateLimit(world, "graphql"), authenticate(world));
  app.route("/api", graphql);
  app.get("/-/download/:ticket", (c) => world.tickets.redeem(c.req.param("ticket")) ?? c.text("Gone\n", 404));
  app.route("/", prowRoutes(world));
  gitRoutes(app, world);
  if (world.options.gitea) app.route("/", giteaLoginRoutes(world));
  app.route("/", loginRoutes(world));
  app.route("/", pageRoutes(world));
  app.notFound((c) =>
    c.json({ message: "Not Found", documentation_url: "https://docs.github.com/rest", status: "404" }, 404),
  );
  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
    if (error instanceof HttpError) return c.json(error.body(), error.status);
    return c.json({ message: "Server Error", error: errorText(error) }, 500);
  });
  return app;
};
