import { and, eq, gte, inArray, sql } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { attempts, jobRuns, sightings } from "../../../db/schema.ts";
import { Fingerprint, type RepoName } from "../../kernel/ids.ts";

export type JobRun = typeof jobRuns.$inferSelect;
export type Sighting = typeof sightings.$inferSelect;

/** Attempts of a run that were read before. */
export async function attemptsRead(db: Db, repo: RepoName, run: number): Promise<Set<number>> {
  const found = await db
    .select({ attempt: attempts.attempt })
    .from(attempts)
    .where(and(eq(attempts.repo, repo), eq(attempts.run, run)));
  return new Set(found.map((row) => row.attempt));
}

/** How many attempts of each run were read. */
export async function attemptCounts(db: Db, repo: RepoName, runs: number[]): Promise<Map<number, number>> {
  if (runs.length === 0) return new Map();
  const found = await db
    .select({ run: attempts.run, attempt: sql<number>`count(*)::int` })
    .from(attempts)
    .where(and(eq(attempts.repo, repo), inArray(attempts.run, runs)))
    .groupBy(attempts.run);
  return new Map(found.map((row) => [row.run, row.attempt]));
}

/** Marks an attempt as read. @returns false when another process did so first: then nothing more is to be kept. */
export async function claimAttempt(tx: Db, row: typeof attempts.$inferInsert): Promise<boolean> {
  const added = await tx.insert(attempts).values(row).onConflictDoNothing().returning({ run: attempts.run });
  return added.length === 1;
}

export async function addJobRuns(tx: Db, rows: (typeof jobRuns.$inferInsert)[]): Promise<void> {
  if (rows.length > 0) await tx.insert(jobRuns).values(rows).onConflictDoNothing();
}

/** Keeps failures; one fingerprint counts once for each job. */
export async function addSightings(tx: Db, rows: (typeof sightings.$inferInsert)[]): Promise<void> {
  const CHUNK = 500;
  for (let at = 0; at < rows.length; at += CHUNK) {
    await tx
      .insert(sightings)
      .values(rows.slice(at, at + CHUNK))
      .onConflictDoNothing();
  }
}

/** Fingerprints seen at one of these commits: a pass of the same commit is news for them. */
export async function fingerprintsAt(tx: Db, repo: RepoName, shas: string[]): Promise<Fingerprint[]> {
  if (shas.length === 0) return [];
  const found = await tx
    .selectDistinct({ fingerprint: sightings.fingerprint })
    .from(sightings)
    .where(and(eq(sightings.repo, repo), inArray(sightings.sha, shas)));
  return found.map((row) => Fingerprint.parse(row.fingerprint));
}

/** True when logs of failed jobs of the workflow were read since `since` and something was found in one. */
export async function everExtracted(db: Db, repo: RepoName, since: Date): Promise<boolean> {
  const found = await db
    .select({ run: attempts.run })
    .from(attempts)
    .where(and(eq(attempts.repo, repo), gte(attempts.readAt, since), sql`${attempts.extracted} > 0`))
    .limit(1);
  return found.length === 1;
}

/** Forgets excerpts older than `before`; the links to the runs stay. */
export async function dropExcerpts(db: Db, before: Date): Promise<void> {
  await db
    .update(sightings)
    .set({ excerpt: null })
    .where(
      and(sql`${sightings.at} < ${before.toISOString()}::timestamptz`, sql`${sightings.excerpt} is not null`),
    );
}
