import { and, eq, like, lt, or, sql } from "drizzle-orm";
import type { Db } from "../../db/client.ts";
import { leases } from "../../db/schema.ts";
import type { Clock } from "../kernel/clock.ts";

/**
 * Takes or prolongs a lease. A row instead of a session lock, because the embedded database has one session.
 * @returns true when `holder` has it for the next `ms` milliseconds.
 */
export async function takeLease(
  db: Db,
  clock: Clock,
  name: string,
  holder: string,
  ms: number,
): Promise<boolean> {
  const now = clock.now();
  const until = new Date(now.getTime() + ms);
  const taken = await db
    .insert(leases)
    .values({ name, holder, until })
    .onConflictDoUpdate({
      target: leases.name,
      set: { holder, until },
      setWhere:
        or(eq(leases.holder, holder), lt(leases.until, sql`${now.toISOString()}::timestamptz`)) ?? sql`false`,
    })
    .returning({ name: leases.name });
  return taken.length === 1;
}

/** Gives a lease back, so that the next need not wait for its end. */
export async function dropLease(db: Db, name: string, holder: string): Promise<void> {
  await db.delete(leases).where(and(eq(leases.name, name), eq(leases.holder, holder)));
}

/** Forgets leases that ended before `before`: whoever asks for one of them gets it either way. */
export async function pruneLeases(db: Db, before: Date): Promise<void> {
  await db.delete(leases).where(lt(leases.until, before));
}

/** Ends every lease of a kind: for a process that is alone on its database and has just begun. */
export async function dropLeases(db: Db, prefix: string): Promise<void> {
  await db.delete(leases).where(like(leases.name, `${prefix}%`));
}
