import type { Context, MiddlewareHandler } from "hono";
import { type Env, HttpError, notFound, param } from "./http.ts";
import type { Account } from "./model.ts";
import type { Permission } from "./options.ts";
import type { World } from "./world.ts";

const LEVELS: readonly Permission[] = ["none", "read", "triage", "write", "maintain", "admin"];

/** Whether somebody's right is at least `level`. Nobody has the right `none`. */
export const hasLevel = (account: Account | null, level: Permission): boolean =>
  LEVELS.indexOf(account?.permission ?? "none") >= LEVELS.indexOf(level);

const tokenOf = (header: string): string | null => {
  const [scheme = "", value = ""] = header.split(/\s+/, 2);
  if (/^(token|bearer)$/i.test(scheme)) return value;
  if (!/^basic$/i.test(scheme)) return null;
  const [, password] = Buffer.from(value, "base64").toString("utf8").split(":", 2);
  return password ?? null;
};

/** Who sent a request: null without credentials, `"unknown"` with ones that nobody has. */
export const identify = (world: World, header: string | undefined): Account | null | "unknown" => {
  if (!header) return null;
  const token = tokenOf(header);
  const owner = world.logins.owner(token ?? "");
  return world.accounts.find((account) => account.token === token || account.login === owner) ?? "unknown";
};

/** Puts the sender into the context; 401 on a token that nobody has. */
export const authenticate =
  (world: World): MiddlewareHandler<Env> =>
  async (c, next) => {
    const account = identify(world, c.req.header("authorization"));
    if (account === "unknown") throw new HttpError(401, "Bad credentials");
    c.set("account", account);
    await next();
  };

/** Puts the repository of the path into the context; 404 when there is none or it is hidden. */
export const findRepository =
  (world: World): MiddlewareHandler<Env> =>
  async (c, next) => {
    const repo = world.repo(`${param(c, "owner")}/${param(c, "repo")}`);
    if (!repo || (repo.private && !hasLevel(c.get("account"), "read"))) throw notFound();
    c.set("repo", repo);
    await next();
  };

/** The sender. Throws 401 when there is none. */
export const signedIn = (c: Context<Env>): Account => {
  const account = c.get("account");
  if (!account) throw new HttpError(401, "Requires authentication");
  return account;
};

/** The sender, if their right is at least `level`. Throws 401 or 403. */
export const requireLevel = (c: Context<Env>, level: Permission): Account => {
  const account = signedIn(c);
  if (!hasLevel(account, level)) throw forbidden();
  return account;
};

export const forbidden = (): HttpError =>
  new HttpError(403, "Resource not accessible by personal access token");
