import { MASS } from "../findings/mass.ts";
import { type Evidence, type JobFact, type SightingFact, tainted } from "./evidence.ts";

/** What one job did at one commit, over all its attempts: the test's code is the same in each. */
export interface Commit {
  job: string;
  sha: string;
  /** The pull request or branch that the commit is of; null for the default branch. */
  line: string | null;
  author: string | null;
  /** When the first attempt ended, in milliseconds: a rerun tests what the first attempt tested. */
  at: number;
  /** Its first run: GitHub's times have whole seconds, and its runs are numbered in their order. */
  run: number;
  /** Attempts in which the test failed, in which the whole job passed, and which failed without this test. */
  failed: number;
  passed: number;
  spared: number;
  /** How often it failed and then passed within one attempt. */
  retriedOk: number;
}

const attemptOf = (fact: { run: number; attempt: number; job: string }) =>
  `${fact.run}|${fact.attempt}|${fact.job}`;

/**
 * The runs that can be compared: a list for each job, in order of time. Attempts that tell nothing about the test are left
 * out: outages, jobs in which no test ran, jobs in which it failed in another way.
 */
export function commitsOf(evidence: Evidence): Commit[][] {
  const commits = new Commits(evidence.defaultBranch);
  const failed = new Set<string>();
  const runs = new Set<number>();
  for (const fact of evidence.sightings) {
    const attempt = attemptOf(fact);
    if (failed.has(attempt)) continue;
    failed.add(attempt);
    runs.add(fact.run);
    if (tainted(fact)) continue;
    const commit = commits.at(fact);
    commit.failed += 1;
    if (fact.retriedOk) commit.retriedOk += 1;
  }
  const names = new Set(evidence.sightings.map((fact) => fact.job));
  const tests = new Set(evidence.tests);
  for (const fact of evidence.jobs) {
    if (!names.has(fact.job) || (runs.has(fact.run) && failed.has(attemptOf(fact)))) continue;
    if (fact.passed) commits.at(fact).passed += 1;
    else if (spared(fact, tests)) commits.at(fact).spared += 1;
  }
  return commits.sorted();
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const spared = ({ failedTests, partial }: JobFact, tests: ReadonlySet<string>): boolean =>
  !partial &&
  failedTests.length > 0 &&
  failedTests.length < MASS &&
  !failedTests.some((test) => tests.has(test));

/** Commits by job and sha, while they are collected. */
class Commits {
  readonly #jobs = new Map<string, Map<string, Commit>>();

  constructor(private readonly defaultBranch: string) {}

  /** The commit of a fact; the first of its attempts gives its time. */
  at(fact: JobFact | SightingFact): Commit {
    const job = this.#jobs.get(fact.job) ?? new Map<string, Commit>();
    this.#jobs.set(fact.job, job);
    const at = fact.at.getTime();
    const known = job.get(fact.sha);
    if (known !== undefined) {
      known.at = Math.min(known.at, at);
      known.run = Math.min(known.run, fact.run);
      return known;
    }
    const { sha, author, run } = fact;
    const line = lineOf(fact, this.defaultBranch);
    const commit = {
      job: fact.job,
      sha,
      line,
      author,
      at,
      run,
      failed: 0,
      passed: 0,
      spared: 0,
      retriedOk: 0,
    };
    job.set(sha, commit);
    return commit;
  }

  sorted(): Commit[][] {
    return [...this.#jobs]
      .sort(([one], [other]) => compare(one, other))
      .map(([, job]) =>
        [...job.values()].sort((a, b) => a.at - b.at || a.run - b.run || compare(a.sha, b.sha)),
      );
  }
}

const lineOf = (fact: { pull: number | null; branch: string }, defaultBranch: string): string | null => {
  if (fact.pull !== null) return `#${fact.pull}`;
  return fact.branch === defaultBranch ? null : fact.branch;
};

/** True where the same job at the same commit failed with the test and also passed, or failed without it. */
export const bothWays = (commit: Commit): boolean => commit.failed > 0 && commit.passed + commit.spared > 0;

/**
 * Failing commits of a job with no commit between them at which the test passed, where they are of more than one
 * pull request or of the default branch more than once: as a broken branch looks.
 */
export function walls(jobs: readonly Commit[][]): Commit[][] {
  return jobs.flatMap((job) => {
    const found: Commit[][] = [];
    let wall: Commit[] = [];
    for (const commit of job) {
      if (commit.failed > 0 && commit.retriedOk === 0 && !bothWays(commit)) {
        if (wall.length === 0) found.push(wall);
        wall.push(commit);
      } else if (wall.length > 0) wall = [];
    }
    return found.filter((one) => new Set(one.map((commit) => commit.line ?? commit.sha)).size >= 2);
  });
}
