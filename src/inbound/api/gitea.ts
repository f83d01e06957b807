import { createHmac } from "node:crypto";
import { Hono, type Context as Request } from "hono";
import { z } from "zod";
import { repoConfig } from "../../config/index.ts";
import type { Context } from "../../features/context.ts";
import { pullByNumber } from "../../features/pulls/store.ts";
import { PullNumber, RepoName } from "../../kernel/ids.ts";
import { fromJson } from "../../kernel/json.ts";
import { receive } from "../../platform/inbox.ts";
import { sameSecret, unauthorized } from "./auth.ts";

const Merged = z.looseObject({
  action: z.string(),
  pull_request: z.looseObject({ number: PullNumber, merged: z.boolean().optional() }),
  repository: z.looseObject({ full_name: RepoName }),
});

/** `POST /webhooks/gitea`: verified by Gitea's signature and stored; a merged pull request is looked after. */
export function giteaRoute(deps: Context): Hono {
  const route = new Hono();
  const handle = async (c: Request) => {
    const raw = await c.req.text();
    const secret = deps.config.env.GITEA_WEBHOOK_SECRET;
    const expected =
      secret === undefined ? undefined : createHmac("sha256", secret).update(raw).digest("hex");
    if (!sameSecret(c.req.header("x-gitea-signature"), expected)) return unauthorized(c, "X-Gitea-Signature");
    const payload = fromJson(raw);
    const deliveryId = c.req.header("x-gitea-delivery");
    if (payload === null || deliveryId === undefined)
      return c.json({ error: "not a webhook: JSON and X-Gitea-Delivery" }, 400);
    const kind = c.req.header("x-gitea-event") ?? "unknown";
    const kept = await receive(deps, { source: "gitea", deliveryId, kind, payload });
    return c.json({ stored: true, repeat: !kept.fresh }, 202);
  };
  route.post("/webhooks/gitea", handle);
  route.post("/api/webhooks/gitea", handle);
  return route;
}

/** Works on a stored Gitea webhook: a pull request of ours is asked about anew. */
export async function handleGitea(deps: Context, payload: unknown): Promise<void> {
  const parsed = Merged.safeParse(payload);
  if (!parsed.success) return;
  const { repository, pull_request } = parsed.data;
  const repo = repository.full_name;
  if (
    repoConfig(deps.config, repo) === undefined ||
    (await pullByNumber(deps.db, repo, pull_request.number)) === null
  )
    return;
  const pull = pull_request.number;
  await deps.queue.send(deps.db, "pull.follow", { repo, pull }, { key: `${repo}/${pull}` });
}
