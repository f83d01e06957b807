import { and, desc, eq, gte, inArray, isNull, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import { fingerprints, jobRuns, runtimeErrors, sightings } from "../../../db/schema.ts";
import type { FindingId, Fingerprint, RepoName } from "../../kernel/ids.ts";
import type { JobRun, Sighting } from "../failures/store.ts";
import { MASS } from "../findings/mass.ts";
import {
  type Evidence,
  LOOK_BACK,
  MOST_JOBS,
  MOST_SIGHTINGS,
  type SightingFact,
  TELLING,
} from "./evidence.ts";
import { recount } from "./recount.ts";

const Signs = z.array(z.unknown());
/** Of so many failed jobs it is looked up which tests failed there. */
const MOST_FAILED_JOBS = 1000;

/** The newest sighting of a fingerprint: where its finding's name, file and package are taken from. */
export async function newestSighting(
  db: Db,
  repo: RepoName,
  fingerprint: Fingerprint,
): Promise<Sighting | null> {
  const [row] = await db
    .select()
    .from(sightings)
    .where(and(eq(sightings.repo, repo), eq(sightings.fingerprint, fingerprint)))
    .orderBy(desc(sightings.at), desc(sightings.id))
    .limit(1);
  return row ?? null;
}

export async function firstSeen(db: Db, repo: RepoName, fingerprint: Fingerprint): Promise<Date | null> {
  const [row] = await db
    .select({ at: sightings.at })
    .from(sightings)
    .where(and(eq(sightings.repo, repo), eq(sightings.fingerprint, fingerprint)))
    .orderBy(sightings.at)
    .limit(1);
  return row?.at ?? null;
}

/** Failures of other tests in the same job: where the cause of a cascade is looked up. */
export async function sightingsOfJob(db: Db, repo: RepoName, job: number): Promise<Sighting[]> {
  return db
    .select()
    .from(sightings)
    .where(and(eq(sightings.repo, repo), eq(sightings.job, job)));
}

/** Gives a fingerprint's sightings to the finding that owns it. */
export async function adopt(
  tx: Db,
  repo: RepoName,
  fingerprint: Fingerprint,
  finding: FindingId,
): Promise<void> {
  await tx
    .update(sightings)
    .set({ findingId: finding })
    .where(
      and(eq(sightings.repo, repo), eq(sightings.fingerprint, fingerprint), isNull(sightings.findingId)),
    );
}

/** Gives new sightings of fingerprints to the findings that own these. */
export async function adoptKnown(db: Db, repo: RepoName, among: readonly Fingerprint[]): Promise<void> {
  if (among.length === 0) return;
  await db
    .update(sightings)
    .set({ findingId: sql`${fingerprints.findingId}` })
    .from(fingerprints)
    .where(
      and(
        eq(sightings.repo, repo),
        inArray(sightings.fingerprint, [...among]),
        eq(sightings.fingerprint, fingerprints.fingerprint),
        isNull(sightings.findingId),
      ),
    );
}

/** Gives all that a finding owns to another: ways of failing and sightings. */
export async function handOver(tx: Db, from: FindingId, into: FindingId): Promise<void> {
  await tx.update(fingerprints).set({ findingId: into }).where(eq(fingerprints.findingId, from));
  await tx.update(sightings).set({ findingId: into }).where(eq(sightings.findingId, from));
  await tx.update(runtimeErrors).set({ findingId: into }).where(eq(runtimeErrors.findingId, from));
  await recount(tx, from);
  await recount(tx, into);
}

/** Sightings of a finding, newest first. */
export async function sightingsOf(db: Db, finding: FindingId, limit = MOST_SIGHTINGS): Promise<Sighting[]> {
  return db
    .select()
    .from(sightings)
    .where(eq(sightings.findingId, finding))
    .orderBy(desc(sightings.at), desc(sightings.id))
    .limit(limit);
}

export async function fingerprintsOf(db: Db, finding: FindingId): Promise<Fingerprint[]> {
  const found = await db
    .select({ fingerprint: fingerprints.fingerprint })
    .from(fingerprints)
    .where(eq(fingerprints.findingId, finding))
    .orderBy(fingerprints.firstSeen, fingerprints.fingerprint);
  // written by this stage from parsed failures
  return found.map((row) => row.fingerprint as Fingerprint);
}

/** The normalised signatures of a finding's fingerprints: every way of failing that it is known by. */
export async function signaturesOf(db: Db, finding: FindingId): Promise<string[]> {
  const found = await db
    .selectDistinct({ signature: fingerprints.signature })
    .from(fingerprints)
    .where(eq(fingerprints.findingId, finding))
    .orderBy(fingerprints.signature);
  return found.map((row) => row.signature);
}

/** All that a verdict on the finding rests on: its sightings, and the runs of the jobs they happened in. */
export async function gatherEvidence(db: Db, finding: FindingId, defaultBranch: string): Promise<Evidence> {
  const seen = await sightingsOf(db, finding);
  const jobs = await comparableJobs(db, seen);
  const failedTests = await testsFailedIn(db, jobs);
  return {
    tests: [...new Set(seen.map((row) => row.test))],
    defaultBranch,
    opinion: null,
    sightings: seen.map(sightingFact),
    jobs: jobs.map((row) => ({
      run: row.run,
      attempt: row.attempt,
      job: row.name,
      sha: row.sha,
      branch: row.branch,
      pull: row.pull,
      author: row.author,
      at: row.at,
      passed: row.conclusion === "success",
      partial: row.partial,
      failedTests: failedTests.get(row.job) ?? [],
    })),
  };
}

/** A stored failure, as far as a verdict looks at it. */
export const sightingFact = (row: Sighting): SightingFact => ({
  run: row.run,
  attempt: row.attempt,
  job: row.jobName,
  sha: row.sha,
  branch: row.branch,
  pull: row.pull,
  author: row.author,
  at: row.at,
  retriedOk: row.retriedOk,
  cascade: row.cascadeOf !== null,
  fellTogether: row.fellTogether,
  infraSigns: Signs.parse(row.infra).length,
});

/** Runs of the jobs that the failures happened in: those of the same commits, and the newest around and after them. */
async function comparableJobs(db: Db, seen: Sighting[]): Promise<JobRun[]> {
  const repo = seen[0]?.repo;
  const first = seen.at(-1)?.at;
  if (repo === undefined || first === undefined) return [];
  const telling = and(
    eq(jobRuns.repo, repo),
    inArray(jobRuns.name, [...new Set(seen.map((row) => row.jobName))]),
    inArray(jobRuns.conclusion, [...TELLING]),
  );
  const read = (within: SQL) =>
    db.select().from(jobRuns).where(and(telling, within)).orderBy(desc(jobRuns.at)).limit(MOST_JOBS);
  const newest = await read(gte(jobRuns.at, new Date(first.getTime() - LOOK_BACK)));
  // on a busy repository the newest do not reach back to the first failures; their reruns are wanted all the same
  const shas = newest.length < MOST_JOBS ? [] : [...new Set(seen.map((row) => row.sha))];
  const same = shas.length === 0 ? [] : await read(inArray(jobRuns.sha, shas));
  return [...new Map([...newest, ...same].map((row) => [row.job, row])).values()];
}

/** Names of the tests that failed in failed jobs, at most `MASS` of each job and of the newest jobs. */
async function testsFailedIn(db: Db, jobs: JobRun[]): Promise<Map<number, string[]>> {
  const failed = jobs.filter((row) => row.conclusion !== "success").slice(0, MOST_FAILED_JOBS);
  const repo = failed[0]?.repo;
  if (repo === undefined) return new Map();
  const ids = failed.map((row) => row.job);
  const rows = await db
    .select({
      job: sightings.job,
      tests: sql<string[]>`(array_agg(distinct ${sightings.test}))[1:${sql.raw(String(MASS))}]`,
    })
    .from(sightings)
    .where(and(eq(sightings.repo, repo), inArray(sightings.job, ids)))
    .groupBy(sightings.job);
  return new Map(rows.map((row) => [row.job, row.tests]));
}
