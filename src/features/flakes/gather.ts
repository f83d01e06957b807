import { and, desc, eq, gte, inArray, type SQL, sql } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { jobRuns, sightings } from "../../../db/schema.ts";
import type { FindingId } from "../../kernel/ids.ts";
import { MASS } from "../findings/mass.ts";
import {
  type Evidence,
  type JobFact,
  LOOK_BACK,
  MOST_JOBS,
  MOST_SIGHTINGS,
  type SightingFact,
  TELLING,
} from "./evidence.ts";

/** Of so many failed jobs it is looked up which tests failed there. */
const MOST_FAILED_JOBS = 1000;

/** A sighting as far as a verdict looks at it: without excerpt and message, which are long. */
const FACTS = {
  run: sightings.run,
  attempt: sightings.attempt,
  job: sightings.jobName,
  sha: sightings.sha,
  branch: sightings.branch,
  pull: sightings.pull,
  author: sightings.author,
  at: sightings.at,
  retriedOk: sightings.retriedOk,
  cascade: sql<boolean>`${sightings.cascadeOf} is not null`,
  fellTogether: sightings.fellTogether,
  infraSigns: sql<number>`jsonb_array_length(${sightings.infra})`,
  repo: sightings.repo,
  test: sightings.test,
};

interface Seen extends SightingFact {
  repo: string;
  test: string;
}

/** What a verdict looks at of a finding's newest sightings, newest first. */
export const factsOf = (db: Db, finding: FindingId): Promise<Seen[]> =>
  db
    .select(FACTS)
    .from(sightings)
    .where(eq(sightings.findingId, finding))
    .orderBy(desc(sightings.at), desc(sightings.id))
    .limit(MOST_SIGHTINGS);

/** All that a verdict on the finding rests on: its sightings, and the runs of the jobs they happened in. */
export async function gatherEvidence(db: Db, finding: FindingId, defaultBranch: string): Promise<Evidence> {
  const [read] = await new EvidenceReader(db, defaultBranch).read([{ id: finding }]);
  return read?.evidence ?? { tests: [], defaultBranch, opinion: null, sightings: [], jobs: [] };
}

/** A job run with its number, to look up what failed in it. */
type Job = JobFact & { id: number; repo: string };

/**
 * Reads the evidence on many findings. Runs of the same jobs are read once for all of them: where many tests fell in a
 * few jobs, each is held against the same runs.
 */
export class EvidenceReader {
  /** By the jobs' names: their newest runs since a time, newest first. */
  private readonly pools = new Map<string, { since: Date; jobs: Job[] }>();

  constructor(
    private readonly db: Db,
    private readonly defaultBranch: string,
  ) {}

  /** Findings with their evidence, those seen first in front. */
  async read<F extends { id: FindingId }>(
    findings: readonly F[],
  ): Promise<{ finding: F; evidence: Evidence }[]> {
    const told = await Promise.all(
      findings.map(async (finding) => ({ finding, seen: await factsOf(this.db, finding.id) })),
    );
    // the longest look back is the first, and serves the others
    told.sort((a, b) => firstOf(a.seen) - firstOf(b.seen));
    const read = [];
    for (const { finding, seen } of told)
      read.push({
        finding,
        evidence: {
          tests: [...new Set(seen.map((row) => row.test))],
          defaultBranch: this.defaultBranch,
          opinion: null,
          sightings: seen,
          jobs: await this.comparable(seen),
        },
      });
    return read;
  }

  /** Runs of the jobs that the failures happened in: those of the same commits, and the newest around and after them. */
  private async comparable(seen: readonly Seen[]): Promise<readonly JobFact[]> {
    const repo = seen[0]?.repo;
    if (repo === undefined) return [];
    const names = [...new Set(seen.map((row) => row.job))].sort();
    const newest = await this.newest(repo, names, new Date(firstOf(seen) - LOOK_BACK));
    if (newest.length < MOST_JOBS) return newest;
    // on a busy repository the newest do not reach back to the first failures; their reruns are wanted all the same
    const shas = [...new Set(seen.map((row) => row.sha))];
    const known = new Set(newest.map((job) => job.id));
    const same = (await this.jobs(repo, names, inArray(jobRuns.sha, shas))).filter(
      ({ id }) => !known.has(id),
    );
    return [...newest, ...(await this.told(same, MOST_FAILED_JOBS - newest.filter(failed).length))];
  }

  private async newest(repo: string, names: readonly string[], since: Date): Promise<readonly Job[]> {
    const key = JSON.stringify([repo, names]);
    const kept = this.pools.get(key);
    if (kept !== undefined && kept.since <= since)
      return kept.since < since ? kept.jobs.filter(({ at }) => at >= since) : kept.jobs;
    const jobs = await this.told(await this.jobs(repo, names, gte(jobRuns.at, since)), MOST_FAILED_JOBS);
    this.pools.set(key, { since, jobs });
    return jobs;
  }

  private async jobs(repo: string, names: readonly string[], within: SQL): Promise<Job[]> {
    const { job: id, run, attempt, name: job, sha, branch, pull, author, at, conclusion, partial } = jobRuns;
    const telling = and(
      eq(jobRuns.repo, repo),
      inArray(jobRuns.name, [...names]),
      inArray(jobRuns.conclusion, [...TELLING]),
    );
    const rows = await this.db
      .select({ id, run, attempt, job, sha, branch, pull, author, at, conclusion, partial })
      .from(jobRuns)
      .where(and(telling, within))
      .orderBy(desc(jobRuns.at))
      .limit(MOST_JOBS);
    return rows.map(({ conclusion: end, ...row }) => ({
      ...row,
      repo,
      passed: end === "success",
      failedTests: [],
    }));
  }

  /** Adds which tests failed in the first `most` of the failed jobs, at most `MASS` of each. */
  private async told(jobs: Job[], most: number): Promise<Job[]> {
    const looked = jobs.filter(failed).slice(0, Math.max(0, most));
    const repo = looked[0]?.repo;
    if (repo === undefined) return jobs;
    const ids = looked.map((job) => job.id);
    const rows = await this.db
      .select({
        job: sightings.job,
        tests: sql<string[]>`(array_agg(distinct ${sightings.test}))[1:${sql.raw(String(MASS))}]`,
      })
      .from(sightings)
      .where(and(eq(sightings.repo, repo), inArray(sightings.job, ids)))
      .groupBy(sightings.job);
    const tests = new Map(rows.map((row) => [row.job, row.tests]));
    const asked = new Set(ids);
    return jobs.map((job) => (asked.has(job.id) ? { ...job, failedTests: tests.get(job.id) ?? [] } : job));
  }
}

const failed = (job: JobFact): boolean => !job.passed;
const firstOf = (seen: readonly Seen[]): number => seen.at(-1)?.at.getTime() ?? 0;
