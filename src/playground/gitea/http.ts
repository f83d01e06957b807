import type { Context } from "hono";
import type { Env } from "../github/http.ts";
import { plain } from "./words.ts";

/** An answer without what only GitHub says. */
export const say = (c: Context<Env>, body: object, status: 200 | 201 = 200): Response =>
  c.json(plain(body), status);

/** A page of a listing (`page`, `limit`), with the total and the next page in the headers. */
export function pageOf<T>(c: Context<Env>, items: readonly T[]): T[] {
  const limit = Math.min(50, Math.max(1, Number(c.req.query("limit")) || 30));
  const page = Math.max(1, Number(c.req.query("page")) || 1);
  c.header("x-total-count", String(items.length));
  if (page * limit < items.length) {
    const next = new URL(c.req.url);
    next.searchParams.set("page", String(page + 1));
    c.header("link", `<${next.href}>; rel="next"`);
  }
  return items.slice((page - 1) * limit, page * limit);
}

export const sayAll = (c: Context<Env>, items: readonly object[]): Response =>
  c.json(pageOf(c, items).map(plain));
