import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import { onLoopback, publicUrl } from "../config/index.ts";
import { DAY } from "../kernel/clock.ts";
import { bearerOf, sameSecret } from "../kernel/secret.ts";
import type { ReadDeps } from "./deps.ts";
import { sealSession, sessionHolds } from "./secret.ts";

const COOKIE = "flaky_console";
const SESSION_DAYS = 30;

/** How a reader came in; null for one who may not read. */
export type Reader = "open" | "session" | "token" | "login" | null;

/**
 * Pages are open on loopback; elsewhere a reader needs `CONSOLE_TOKEN`, in a header or as a session. A request that
 * names another host than this machine came through a proxy or a rebound name, so it is not taken for a local one.
 */
export function readerOf(c: Context, deps: Pick<ReadDeps, "clock" | "config">): Reader {
  const { env } = deps.config;
  if (onLoopback(env) && isLoopbackHost(new URL(c.req.url).hostname)) return "open";
  const secret = env.CONSOLE_TOKEN;
  if (secret === undefined) return null;
  const token = bearerOf(c.req.header("authorization"));
  if (token !== undefined) return sameSecret(token, secret) ? "token" : null;
  const session = getCookie(c, COOKIE);
  return session !== undefined && sessionHolds(secret, session, deps.clock.now()) ? "session" : null;
}

const isLoopbackHost = (host: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host);

/** The `Set-Cookie` header of a new session. */
export function sessionCookie(deps: Pick<ReadDeps, "clock" | "config">, secret: string): string {
  const until = new Date(deps.clock.now().getTime() + SESSION_DAYS * DAY);
  return cookie(deps, sealSession(secret, until), SESSION_DAYS * 24 * 3600);
}

/** The `Set-Cookie` header that ends a session. */
export const endedCookie = (deps: Pick<ReadDeps, "config">): string => cookie(deps, "", 0);

function cookie(deps: Pick<ReadDeps, "config">, value: string, maxAge: number): string {
  const secure = publicUrl(deps.config.env).startsWith("https:") ? "; Secure" : "";
  return `${COOKIE}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure}`;
}

/** Where to go after signing in: a path of this site, never another one. */
export const localPath = (path: string): string => (/^\/(?![/\\])[^\\\s]*$/.test(path) ? path : "/");
