import { createHash } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { identify } from "./auth.ts";
import { droppedConnection } from "./faults.ts";
import type { Env } from "./http.ts";
import { uuid } from "./tickets.ts";
import type { World } from "./world.ts";

const loginOf = (world: World, header: string | undefined): string | null => {
  const account = identify(world, header);
  return account === null || account === "unknown" ? null : account.login;
};

/** Writes down what programs ask for, REST and git, and lets armed failures strike. Pages are left out. */
export const recordAndFail =
  (world: World): MiddlewareHandler<Env> =>
  async (c, next) => {
    const { method, path } = c.req;
    if (!path.startsWith("/api/") && !path.includes(".git/")) return next();
    const note = (status: number) => {
      const login = loginOf(world, c.req.header("authorization"));
      world.requests.add({ method, path, login, status, at: world.options.clock.now() });
    };
    const fault = await world.faults.take(method, path);
    if (fault?.status && !fault.dropAfterCommit) {
      note(fault.status);
      const body = fault.body ?? JSON.stringify({ message: `Injected failure ${fault.status}` });
      const headers = { "content-type": "application/json; charset=utf-8", ...fault.headers };
      return new Response(body, { status: fault.status, headers });
    }
    await next();
    note(c.res.status);
    if (fault?.dropAfterCommit) c.res = droppedConnection();
    return undefined;
  };

/**
 * Counts the request against the sender's hour and says so in the headers. When the hour is used up REST answers 403,
 * GraphQL 200 with an error; each has an hour of its own.
 */
export const rateLimit =
  (world: World, resource: "core" | "graphql" = "core"): MiddlewareHandler<Env> =>
  async (c, next) => {
    const login = loginOf(world, c.req.header("authorization")) ?? "anonymous";
    const quota = resource === "core" ? world.quota : world.graphQuota;
    const exhausted = quota.state(login).remaining === 0 && c.req.path !== "/api/v3/rate_limit";
    const message = `API rate limit exceeded for ${login}.`;
    if (exhausted) {
      c.res =
        resource === "core"
          ? c.json({ message }, 403)
          : c.json({ errors: [{ type: "RATE_LIMITED", message }] });
    } else {
      await next();
      if (c.res.status !== 304 && c.req.path !== "/api/v3/rate_limit") quota.charge(login);
    }
    const state = quota.state(login);
    c.res.headers.set("x-ratelimit-limit", String(state.limit));
    c.res.headers.set("x-ratelimit-remaining", String(state.remaining));
    c.res.headers.set("x-ratelimit-used", String(state.used));
    c.res.headers.set("x-ratelimit-reset", String(state.reset));
    c.res.headers.set("x-ratelimit-resource", resource);
    c.res.headers.set("x-github-request-id", uuid(world.options.random).toUpperCase());
    c.res.headers.set("x-github-media-type", "github.v3; format=json");
  };

/** Gives every successful GET an `ETag`, and answers 304 to a client that has that version. */
export const conditional: MiddlewareHandler<Env> = async (c, next) => {
  await next();
  if (c.req.method !== "GET" || c.res.status !== 200) return;
  const body = await c.res.clone().arrayBuffer();
  const hash = createHash("sha256")
    .update(new Uint8Array(body))
    .update(c.req.header("accept") ?? "");
  const etag = `W/"${hash.digest("hex")}"`;
  const known = (c.req.header("if-none-match") ?? "").split(",").map((tag) => tag.trim());
  if (known.some((tag) => tag.replace(/^W\//, "") === etag.slice(2))) {
    const headers = new Headers(c.res.headers);
    headers.delete("content-type");
    c.res = undefined;
    c.res = new Response(null, { status: 304, headers });
  }
  c.res.headers.set("etag", etag);
  c.res.headers.set("cache-control", "private, max-age=60, s-maxage=60");
};
