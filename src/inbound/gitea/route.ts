import { createHmac } from "node:crypto";
import { Hono, type Context as Request } from "hono";
import type { Context } from "../../features/context.ts";
import { fromJson } from "../../kernel/json.ts";
import { sameSecret } from "../../kernel/secret.ts";
import { receive } from "../../platform/inbox.ts";
import { unauthorized } from "../api/auth.ts";
import { noLarger } from "../body-limit.ts";
import { isWorthWork } from "../github/worth.ts";
import { translate } from "./translate.ts";

/** `POST /webhooks/gitea`: verified by Gitea's signature, stored under the delivery's id, worked on after. */
export function giteaRoute(deps: Context): Hono {
  const route = new Hono();
  const tooLarge = noLarger(25);
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
    // names what happened more closely than `x-gitea-event`, where there is one
    const kind = c.req.header("x-gitea-event-type") ?? c.req.header("x-gitea-event") ?? "unknown";
    const worth = translate(kind, payload).some((said) => isWorthWork(deps.config, said.kind, said.payload));
    const kept = await receive(deps, { source: "gitea", deliveryId, kind, payload }, worth);
    return c.json({ stored: true, repeat: !kept.fresh }, 202);
  };
  route.post("/webhooks/gitea", tooLarge, handle);
  route.post("/api/webhooks/gitea", tooLarge, handle);
  return route;
}
