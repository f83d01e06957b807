/** One failure of the finding's test, as far as a verdict looks at it. */
export interface SightingFact {
  run: number;
  attempt: number;
  job: string;
  sha: string;
  branch: string;
  pull: number | null;
  author: string | null;
  at: Date;
  retriedOk: boolean;
  cascade: boolean;
  fellTogether: number;
  infraSigns: number;
}

/** One job run of the same name, passed or failed: what the failures are held against. */
export interface JobFact {
  run: number;
  attempt: number;
  job: string;
  sha: string;
  branch: string;
  pull: number | null;
  at: Date;
  passed: boolean;
}

/** A model's opinion; capped, and never enough alone. */
export interface Opinion {
  class: "flaky-test" | "infra-flake" | "likely-regression" | "unknown";
  confidence: number;
  quote: string;
}

/** All that a verdict rests on. Pure data: the same live, in a dry run and offline. */
export interface Evidence {
  defaultBranch: string;
  sightings: SightingFact[];
  jobs: JobFact[];
  opinion: Opinion | null;
}

/** Where a sighting counts once: a pull request, or a commit of a branch. */
export const placeOf = (fact: { pull: number | null; branch: string; sha: string }): string =>
  fact.pull === null ? `${fact.branch}@${fact.sha}` : `#${fact.pull}`;

/** Sightings that are independent of each other: each pull request counts once. */
export const independentSightings = (evidence: Evidence): number =>
  new Set(evidence.sightings.map(placeOf)).size;

/** Commits at which a job both failed with this test and passed. */
export function bothWays(evidence: Evidence): string[] {
  const passed = new Set(evidence.jobs.filter((job) => job.passed).map((job) => `${job.sha}|${job.job}`));
  const shas = evidence.sightings
    .filter((fact) => passed.has(`${fact.sha}|${fact.job}`))
    .map((fact) => fact.sha);
  return [...new Set(shas)];
}

/** Runs of the default branch in order of time, each failed or passed, over the jobs where the test was seen. */
export function defaultBranchRuns(evidence: Evidence): { sha: string; failed: boolean }[] {
  const failed = new Set(evidence.sightings.map((fact) => `${fact.run}|${fact.attempt}|${fact.job}`));
  const jobs = new Set(evidence.sightings.map((fact) => fact.job));
  return evidence.jobs
    .filter((job) => job.pull === null && job.branch === evidence.defaultBranch && jobs.has(job.job))
    .filter((job) => job.passed || failed.has(`${job.run}|${job.attempt}|${job.job}`))
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map((job) => ({ sha: job.sha, failed: !job.passed }));
}
