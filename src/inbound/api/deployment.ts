import { Hono, type Context as Request } from "hono";
import { z } from "zod";
import type { Context } from "../../features/context.ts";
import { receiveDeployment } from "../../features/pulls/deployed.ts";
import { Sha } from "../../kernel/ids.ts";
import { sameSecret } from "../../kernel/secret.ts";
import { badBody, jsonBody, unauthorized } from "./auth.ts";
import { repoOfProject } from "./projects.ts";

const Body = z
  .looseObject({
    repo: z.string().optional(),
    project_id: z.string().optional(),
    commit: Sha,
    status: z.string().min(1),
    environment: z.string().optional(),
    deployed_at: z.iso.datetime({ offset: true }).optional(),
  })
  .refine((body) => body.repo !== undefined || body.project_id !== undefined, "repo or project_id is needed");

/** `POST /webhooks/deployment`: a CI tells which commit was deployed where. */
export function deploymentRoute(deps: Context): Hono {
  const route = new Hono();
  const handle = async (c: Request) => {
    const secret = c.req.header("x-webhook-secret") ?? c.req.header("x-secret");
    if (!sameSecret(secret, deps.config.env.DEPLOY_WEBHOOK_SECRET))
      return unauthorized(c, "X-Webhook-Secret");
    const parsed = Body.safeParse(await jsonBody(c));
    if (!parsed.success) return badBody(c, parsed.error.issues);
    const { commit, status, environment, deployed_at } = parsed.data;
    const repo = repoOfProject(deps.config, parsed.data.repo ?? parsed.data.project_id ?? "");
    if (repo === null) return c.json({ error: "no repository of flaky.yaml goes by that name" }, 404);
    const deployedAt = deployed_at === undefined ? deps.clock.now() : new Date(deployed_at);
    const { fresh } = await receiveDeployment(deps, {
      repo,
      commit,
      status,
      environment: environment ?? null,
      deployedAt,
    });
    return c.json({ stored: true, repeat: !fresh }, 202);
  };
  route.post("/webhooks/deployment", handle);
  route.post("/api/webhooks/deployment", handle);
  return route;
}
