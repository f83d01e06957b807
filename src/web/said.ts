import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import { z } from "zod";
import { fromJson } from "../kernel/json.ts";
import { clamp } from "../kernel/text/clamp.ts";
import type { ReadDeps, Said } from "./deps.ts";
import { setCookie } from "./people.ts";

const COOKIE = "flaky_said";
const Kept = z.object({ ok: z.boolean(), text: z.string() });
/** A cookie has room for 4 KB. */
const MOST = 1500;

/** The `Set-Cookie` header that carries an answer over the redirect to the page that shows it. */
export function saidCookie(deps: Pick<ReadDeps, "config">, said: Said): string {
  const kept = JSON.stringify({ ok: said.ok, text: clamp(said.text, MOST) });
  return setCookie(deps, COOKIE, Buffer.from(kept).toString("base64url"), 60);
}

/** The answer to what was just set off, once: it is taken away as it is read. */
export function takeSaid(c: Context, deps: Pick<ReadDeps, "config">): Said | null {
  const value = getCookie(c, COOKIE);
  if (value === undefined || value === "") return null;
  c.header("Set-Cookie", setCookie(deps, COOKIE, "", 0), { append: true });
  const kept = Kept.safeParse(fromJson(Buffer.from(value, "base64url").toString()));
  return kept.success ? kept.data : null;
}
