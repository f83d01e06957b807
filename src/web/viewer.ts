import type { Context } from "hono";
import { type Reader, readerOf } from "./auth.ts";
import type { ConsoleDeps } from "./deps.ts";
import { type Person, personOf } from "./people.ts";

/** Who looks at a page, and which page it is. */
export interface Viewer {
  reader: NonNullable<Reader>;
  person: Person | null;
  /** The forge that one can sign in with here; null where nobody can. */
  signIn: string | null;
  /** The page's path and query: where a form comes back to. */
  path: string;
}

/** Who asks; null for one who may not read. Who signed in may, wherever the pages are. */
export async function viewerOf(c: Context, deps: ConsoleDeps): Promise<Viewer | null> {
  const person = await personOf(c, deps);
  const reader = readerOf(c, deps) ?? (person === null ? null : "login");
  if (reader === null) return null;
  const { pathname, search } = new URL(c.req.url);
  return { reader, person, signIn: deps.actions.identity?.forge ?? null, path: `${pathname}${search}` };
}
