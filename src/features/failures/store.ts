import { and, eq, exists, inArray, or, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
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

/** Rows of one insert; a statement takes at most 65535 values. */
const CHUNK = 500;

/** Keeps jobs. @returns those that were not kept before: of others nothing more is to be kept. */
export async function addJobRuns(tx: Db, rows: (typeof jobRuns.$inferInsert)[]): Promise<Set<number>> {
  const added: { job: number }[] = [];
  for (let at = 0; at < rows.length; at += CHUNK) {
    const some = tx.insert(jobRuns).values(rows.slice(at, at + CHUNK));
    added.push(...(await some.onConflictDoNothing().returning({ job: jobRuns.job })));
  }
  return new Set(added.map(({ job }) => job));
}

/** Those of the jobs that are kept. */
export async function jobsKept(db: Db, repo: RepoName, jobs: readonly number[]): Promise<Set<number>> {
  if (jobs.length === 0) return new Set();
  const found = await db
    .select({ job: jobRuns.job })
    .from(jobRuns)
    .where(and(eq(jobRuns.repo, repo), inArray(jobRuns.job, [...jobs])));
  return new Set(found.map((row) => row.job));
}

/** How many logs of these jobs were read, how many are gone, and how many failures were found in them. */
export async function jobsTold(
  tx: Db,
  repo: RepoName,
  jobs: readonly number[],
): Promise<{ read: number; gone: number; failures: number }> {
  if (jobs.length === 0) return { read: 0, gone: 0, failures: 0 };
  const [[logs], failures] = await Promise.all([
    tx
      .select({
        read: sql<number>`count(*) filter (where ${jobRuns.log} in ('told', 'silent'))::int`,
        gone: sql<number>`count(*) filter (where ${jobRuns.log} = 'gone')::int`,
      })
      .from(jobRuns)
      .where(and(eq(jobRuns.repo, repo), inArray(jobRuns.job, [...jobs]))),
    tx.$count(sightings, and(eq(sightings.repo, repo), inArray(sightings.job, [...jobs]))),
  ]);
  return { read: logs?.read ?? 0, gone: logs?.gone ?? 0, failures };
}

/** Keeps failures; one fingerprint counts once for each job. */
export async function addSightings(tx: Db, rows: (typeof sightings.$inferInsert)[]): Promise<void> {
  for (let at = 0; at < rows.length; at += CHUNK) {
    await tx
      .insert(sightings)
      .values(rows.slice(at, at + CHUNK))
      .onConflictDoNothing();
  }
}

/**
 * Fingerprints that these runs are news for, in the order of jobs and lines: those that failed at their commits and are
 * known to fail in one of their jobs, where a pass is news as well.
 * @param commit of all of these runs, where they have one: it finds their jobs sooner.
 */
export async function fingerprintsOfRuns(
  tx: Db,
  repo: RepoName,
  runs: readonly number[],
  commit: string | null = null,
): Promise<Fingerprint[]> {
  if (runs.length === 0) return [];
  const told = tx
    .selectDistinct({ sha: jobRuns.sha, name: jobRuns.name })
    .from(jobRuns)
    .where(
      and(
        eq(jobRuns.repo, repo),
        inArray(jobRuns.run, [...runs]),
        commit === null ? undefined : eq(jobRuns.sha, commit),
      ),
    )
    .as("told");
  const [at, other] = [alias(jobRuns, "at_commits"), alias(sightings, "other")];
  const one = { one: sql`1` };
  const failsToo = and(eq(other.findingId, sightings.findingId), eq(other.jobName, told.name));
  const found = await tx
    .select({ fingerprint: sightings.fingerprint })
    .from(told)
    .innerJoin(at, and(eq(at.repo, repo), eq(at.sha, told.sha)))
    .innerJoin(sightings, and(eq(sightings.repo, repo), eq(sightings.job, at.job)))
    .where(or(eq(sightings.jobName, told.name), exists(tx.select(one).from(other).where(failsToo))))
    .orderBy(sightings.job, sightings.id);
  return [...new Set(found.map((row) => Fingerprint.parse(row.fingerprint)))];
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
