import { and, gt, like } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { leases } from "../../../db/schema.ts";
import { type Clock, DAY, MINUTE } from "../../kernel/clock.ts";
import type { PullNumber, RepoName } from "../../kernel/ids.ts";
import { takeLease } from "../../platform/lease.ts";

/** Clicks within this time of each other are one. */
export const ONCE_MS = 2 * MINUTE;

/** A rerun as far as it tells a repeat: the same words, or the same run, for the same code of a pull request. */
export interface Once {
  repo: RepoName;
  pull: PullNumber;
  head: string;
  /** The comment's words, or `run/ID`. */
  what: string;
}

const PREFIX = "rerun:";

export const onceName = ({ repo, pull, head, what }: Once): string =>
  `${PREFIX}${repo}#${pull}@${head}:${what}`;

/**
 * Marks a rerun as asked for.
 * @returns a key for what is written, or null when the same was asked for less than two minutes ago.
 */
export async function takeOnce(tx: Db, clock: Clock, once: Once): Promise<string | null> {
  const name = onceName(once);
  if (!(await takeLease(tx, clock, name, crypto.randomUUID(), ONCE_MS))) return null;
  return `${name}:${clock.now().getTime()}`;
}

/** A pull request's commit is of no interest any more after so long. */
const FIRST_MS = 30 * DAY;

/** The same for what nobody asked for: once for the same code, however much later it is looked at again. */
export async function takeFirst(tx: Db, clock: Clock, once: Once): Promise<string | null> {
  const first = await takeLease(tx, clock, `first-${onceName(once)}`, crypto.randomUUID(), FIRST_MS);
  return first ? takeOnce(tx, clock, once) : null;
}

/** What was asked for within the last two minutes, by `onceName`, with when. */
export async function askedLately(db: Db, now: Date): Promise<Map<string, Date>> {
  const rows = await db
    .select({ name: leases.name, until: leases.until })
    .from(leases)
    .where(and(like(leases.name, `${PREFIX}%`), gt(leases.until, now)));
  return new Map(rows.map(({ name, until }) => [name, new Date(until.getTime() - ONCE_MS)]));
}
