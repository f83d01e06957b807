import type { MiddlewareHandler } from "hono";
import type { Via } from "../kernel/actor.ts";
import { errorText } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import type { Refusals } from "../platform/refusals.ts";

const UNSIGNED = "its signature, time or token is missing, wrong or too old";

/** Keeps requests that were answered with 401 in the audit, whichever route they were for. */
export const refusedKept = (refusals: Refusals, log: Log): MiddlewareHandler => {
  return async (c, next) => {
    await next();
    if (c.res.status !== 401) return;
    // what follows is anybody's choice
    const [, first = "", second = ""] = c.req.path.split("/");
    const door = ["slack", "webhooks"].includes(first) ? `/${first}/${second}` : `/${first}`;
    const via: Via = door.startsWith("/slack") ? "slack" : door.includes("webhooks") ? "github" : "api";
    const actor = { kind: "person", login: null, forge: null, chatUser: null, name: "unknown", via } as const;
    // the answer stands, whether or not there is a row of it
    await refusals
      .keep({ door, actor, why: UNSIGNED })
      .catch((error: unknown) => log.warn({ door, error: errorText(error) }, "a refusal could not be kept"));
  };
};
