import { Hono } from "hono";
import type { Context } from "../features/context.ts";
import { errorText } from "../kernel/errors.ts";
import type { Refusals } from "../platform/refusals.ts";
import { apiRoutes, consoleRoutes } from "../web/index.ts";
import { deploymentRoute } from "./api/deployment.ts";
import { errorsRoute } from "./api/errors.ts";
import { healthRoutes } from "./api/health.ts";
import { issueRoutes } from "./api/issues.ts";
import { pipelineRoutes } from "./api/pipelines.ts";
import { reportsRoute } from "./api/reports.ts";
import { taskRoutes } from "./api/tasks.ts";
import { consoleActions } from "./console.ts";
import { giteaRoute } from "./gitea/route.ts";
import { githubRoute } from "./github/route.ts";
import { refusedKept } from "./refused.ts";
import type { InboxReceiver } from "./slack/receiver.ts";
import { slackRoute } from "./slack/route.ts";

/** Everything that comes in over HTTP: Slack, webhooks, the API, the console. */
export function buildServer(deps: Context, receiver: InboxReceiver, refusals: Refusals): Hono {
  const { env } = deps.config;
  const app = new Hono();
  app.use(refusedKept(refusals, deps.log));
  app.route("/", healthRoutes(deps));
  app.route(
    "/",
    slackRoute({
      secret: env.SLACK_SIGNING_SECRET,
      clock: deps.clock,
      intake: (body) => receiver.intake(body),
    }),
  );
  app.route("/", githubRoute(deps));
  app.route("/", deploymentRoute(deps));
  app.route("/", giteaRoute(deps));
  app.route("/", reportsRoute(deps));
  app.route("/", errorsRoute(deps));
  app.route("/", issueRoutes(deps));
  app.route("/", taskRoutes(deps));
  app.route("/", pipelineRoutes(deps));
  app.route("/", apiRoutes(deps));
  app.route("/", consoleRoutes({ ...deps, actions: consoleActions(deps) }));
  app.notFound((c) => c.json({ error: "there is no such page" }, 404));
  app.onError((error, c) => {
    deps.log.error({ error: errorText(error), path: c.req.path }, "a request failed");
    return c.json({ error: "something went wrong here; it is in the log" }, 500);
  });
  return app;
}
