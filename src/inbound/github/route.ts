import { verify } from "@octokit/webhooks-methods";
import { Hono, type Context as Request } from "hono";
import type { Context } from "../../features/context.ts";
import { fromJson } from "../../kernel/json.ts";
import { receive } from "../../platform/inbox.ts";
import { noLarger } from "../body-limit.ts";
import { isWorthWork } from "./worth.ts";

/** `POST /webhooks/github`: verified, stored under the delivery's id, answered; worked on after. */
export function githubRoute(deps: Context): Hono {
  const secret = deps.config.env.GITHUB_WEBHOOK_SECRET;
  const route = new Hono();
  const tooLarge = noLarger(25);
  const handle = async (c: Request) => {
    const raw = await c.req.text();
    const signature = c.req.header("x-hub-signature-256");
    const delivery = c.req.header("x-github-delivery");
    const signed =
      secret !== undefined &&
      signature !== undefined &&
      (await verify(secret, raw, signature).catch(() => false));
    if (!signed)
      return c.json(
        {
          error:
            "the signature is missing or wrong: give the webhook the secret that GITHUB_WEBHOOK_SECRET holds",
        },
        401,
      );
    const payload = parseJson(raw);
    if (payload === null || delivery === undefined)
      return c.json({ error: "not a webhook: JSON and X-GitHub-Delivery" }, 400);
    const kind = c.req.header("x-github-event") ?? "unknown";
    const arrival = { source: "github", deliveryId: delivery, kind, payload } as const;
    const kept = await receive(deps, arrival, isWorthWork(deps.config, kind, payload));
    return c.json({ stored: true, repeat: !kept.fresh }, 202);
  };
  route.post("/webhooks/github", tooLarge, handle);
  route.post("/api/webhooks/github", tooLarge, handle);
  return route;
}

function parseJson(raw: string): Record<string, unknown> | null {
  const value = fromJson(raw);
  // an object of any form is kept; what is used of it is checked when it is worked on
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
}
