import { createHmac, randomBytes } from "node:crypto";
import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import { z } from "zod";
import { settings } from "../../db/schema.ts";
import { publicUrl } from "../config/index.ts";
import { DAY } from "../kernel/clock.ts";
import { Login } from "../kernel/ids.ts";
import { sameSecret } from "../kernel/secret.ts";
import { readSetting } from "../platform/settings.ts";
import type { ReadDeps } from "./deps.ts";

const COOKIE = "flaky_login";
const SESSION_DAYS = 7;
const KEY = "console.key";

type Deps = Pick<ReadDeps, "db" | "clock" | "config">;

/** Somebody who signed in; `csrf` proves that a form came from a page of theirs. */
export interface Person {
  login: Login;
  /** The name of the forge that said so. */
  forge: string;
  csrf: string;
}

/** The key of sessions: made once and kept in the database, so that every process and every restart knows it. */
async function sessionKey({ db, clock }: Deps): Promise<string> {
  const known = await readSetting(db, KEY, z.string());
  if (known !== null) return known;
  const made = randomBytes(32).toString("base64url");
  await db.insert(settings).values({ name: KEY, value: made, updatedAt: clock.now() }).onConflictDoNothing();
  return (await readSetting(db, KEY, z.string())) ?? made;
}

const sign = (key: string, what: string): string =>
  createHmac("sha256", key).update(what).digest("base64url");

/** The `Set-Cookie` header of a session of somebody who proved to be `login` on `forge`. */
export async function loginCookie(
  deps: Deps,
  { login, forge }: Pick<Person, "login" | "forge">,
): Promise<string> {
  const seconds = Math.floor(deps.clock.now().getTime() / 1000) + (SESSION_DAYS * DAY) / 1000;
  const claim = `${seconds}.${forge}.${login}`;
  const value = `${claim}.${sign(await sessionKey(deps), `login ${claim}`)}`;
  return setCookie(deps, COOKIE, value, SESSION_DAYS * 24 * 3600);
}

export const endedLogin = (deps: Deps): string => setCookie(deps, COOKIE, "", 0);

/** Who asks; null for one who has not signed in, or whose session has ended. */
export async function personOf(c: Context, deps: Deps): Promise<Person | null> {
  const [, claim, seconds, forge, name, proof] =
    /^((\d{1,12})\.(\w{1,20})\.([\w[\].-]{1,100}))\.([\w-]{43})$/.exec(getCookie(c, COOKIE) ?? "") ?? [];
  if (claim === undefined || forge === undefined || name === undefined || proof === undefined) return null;
  const key = await sessionKey(deps);
  if (!sameSecret(proof, sign(key, `login ${claim}`))) return null;
  if (Number(seconds) * 1000 <= deps.clock.now().getTime()) return null;
  return { login: Login.parse(name), forge, csrf: sign(key, `form ${claim}`) };
}

/** A cookie for pages alone; scripts cannot read it, and other sites' forms do not send it. */
export function setCookie(
  deps: Pick<ReadDeps, "config">,
  name: string,
  value: string,
  maxAge: number,
): string {
  const secure = publicUrl(deps.config.env).startsWith("https:") ? "; Secure" : "";
  return `${name}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure}`;
}
