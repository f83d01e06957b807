import type { z } from "zod";
import { understood } from "./understood.ts";

/** What is read of a listing at most. */
export const MOST = 3000;

/**
 * All items of a listing, page after page, up to `MOST`, or until `enough` says so of one.
 * @param what the listing's name, for faults
 */
export async function all<S extends z.ZodType>(
  what: string,
  pages: AsyncIterable<{ data: unknown[] }>,
  schema: S,
  enough: (item: z.output<S>) => boolean = () => false,
): Promise<z.output<S>[]> {
  const items: z.output<S>[] = [];
  for await (const page of pages) {
    for (const raw of page.data) {
      const item = understood(schema, what, raw);
      if (enough(item) || items.length >= MOST) return items;
      items.push(item);
    }
  }
  return items;
}
