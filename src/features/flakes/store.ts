import { and, desc, eq, gte, inArray, isNull } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import { fingerprints, jobRuns, sightings } from "../../../db/schema.ts";
import type { FindingId, Fingerprint, RepoName } from "../../kernel/ids.ts";
import type { Sighting } from "../failures/store.ts";
import type { Evidence } from "./evidence.ts";

const Signs = z.array(z.unknown());
/** Bounds what one verdict reads; the newest count. */
const MOST_SIGHTINGS = 500;
const MOST_JOBS = 4000;

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
    .orderBy(desc(sightings.at))
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

/** Gives all that a finding owns to another: ways of failing and sightings. */
export async function handOver(tx: Db, from: FindingId, into: FindingId): Promise<void> {
  await tx.update(fingerprints).set({ findingId: into }).where(eq(fingerprints.findingId, from));
  await tx.update(sightings).set({ findingId: into }).where(eq(sightings.findingId, from));
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

/** All that a verdict on the finding rests on: its sightings, and the runs of the jobs they happened in. */
export async function gatherEvidence(db: Db, finding: FindingId, defaultBranch: string): Promise<Evidence> {
  const seen = await sightingsOf(db, finding);
  const names = [...new Set(seen.map((row) => row.jobName))];
  const repo = seen[0]?.repo;
  const first = seen.at(-1)?.at;
  const jobs =
    repo === undefined || first === undefined
      ? []
      : await db
          .select()
          .from(jobRuns)
          .where(
            and(
              eq(jobRuns.repo, repo),
              inArray(jobRuns.name, names),
              inArray(jobRuns.conclusion, ["success", "failure", "timed_out"]),
              gte(jobRuns.at, new Date(first.getTime() - 7 * 86_400_000)),
            ),
          )
          .orderBy(desc(jobRuns.at))
          .limit(MOST_JOBS);
  return {
    defaultBranch,
    opinion: null,
    sightings: seen.map((row) => ({
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
    })),
    jobs: jobs.map((row) => ({
      run: row.run,
      attempt: row.attempt,
      job: row.name,
      sha: row.sha,
      branch: row.branch,
      pull: row.pull,
      at: row.at,
      passed: row.conclusion === "success",
    })),
  };
}
