import { and, eq, inArray, isNull, lt, sql } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import { attempts, scans, sightings } from "../../../db/schema.ts";
import type { RepoName } from "../../kernel/ids.ts";

export type Scan = typeof scans.$inferSelect;

const RunIds = z.array(z.string().regex(/^-?\d+$/));

/** Ids of runs as the table keeps them. */
export const runIds = (kept: unknown): number[] => RunIds.parse(kept).map(Number);

/** Begins a scan. @returns its number. */
export async function beginScan(
  tx: Db,
  scan: { repo: RepoName; since: Date; asked: boolean; now: Date },
): Promise<number> {
  const { repo, since, asked, now } = scan;
  const [row] = await tx
    .insert(scans)
    .values({ repo, since, asked, runs: [], unread: [], startedAt: now, movedAt: now })
    .returning({ id: scans.id });
  if (row === undefined) throw new Error("a scan was not kept");
  return row.id;
}

export async function scanById(db: Db, id: number): Promise<Scan | null> {
  const [row] = await db.select().from(scans).where(eq(scans.id, id));
  return row ?? null;
}

/** The scan somebody asked for that is under way in a repository. */
export async function askedScan(db: Db, repo: RepoName): Promise<Scan | null> {
  const [row] = await db
    .select()
    .from(scans)
    .where(and(eq(scans.repo, repo), eq(scans.asked, true), isNull(scans.endedAt)))
    .limit(1);
  return row ?? null;
}

export async function updateScan(
  tx: Db,
  id: number,
  values: Partial<typeof scans.$inferInsert>,
): Promise<Scan | null> {
  const [row] = await tx.update(scans).set(values).where(eq(scans.id, id)).returning();
  return row ?? null;
}

/** Takes a run from those that are left. @returns the scan; null when that run was not left in it. */
export async function runRead(tx: Db, id: number, run: number, now: Date): Promise<Scan | null> {
  const left = sql`${scans.unread} - ${String(run)}::text`;
  const [row] = await tx
    .update(scans)
    .set({
      unread: left,
      movedAt: now,
      endedAt: sql`case when jsonb_array_length(${left}) = 0 then ${now.toISOString()}::timestamptz end`,
    })
    .where(and(eq(scans.id, id), isNull(scans.endedAt), sql`${scans.unread} ? ${String(run)}::text`))
    .returning();
  return row ?? null;
}

/** Ends scans that nothing moved since `before`. */
export const endStaleScans = (tx: Db, before: Date, now: Date): Promise<Scan[]> =>
  tx
    .update(scans)
    .set({ endedAt: now })
    .where(and(isNull(scans.endedAt), lt(scans.movedAt, before)))
    .returning();

/** Forgets scans that ended before `before`. */
export async function pruneScans(db: Db, before: Date): Promise<void> {
  await db.delete(scans).where(lt(scans.endedAt, before));
}

/** What was found in the runs of a scan, and attempts of them whose logs had expired. */
export async function scanFound(
  db: Db,
  scan: Pick<Scan, "repo" | "runs">,
): Promise<{ failures: number; tests: number; torn: number }> {
  const runs = runIds(scan.runs);
  if (runs.length === 0) return { failures: 0, tests: 0, torn: 0 };
  const [seen] = await db
    .select({
      failures: sql<number>`count(*)::int`,
      tests: sql<number>`count(distinct ${sightings.test})::int`,
    })
    .from(sightings)
    .where(and(eq(sightings.repo, scan.repo), inArray(sightings.run, runs)));
  const torn = await db.$count(
    attempts,
    and(eq(attempts.repo, scan.repo), inArray(attempts.run, runs), eq(attempts.whole, false)),
  );
  return { failures: seen?.failures ?? 0, tests: seen?.tests ?? 0, torn };
}
