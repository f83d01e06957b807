import type { Evidence, JobFact, SightingFact } from "../../../src/features/flakes/evidence.ts";

const BEGIN = Date.parse("2026-03-01T00:00:00Z");
const HOUR = 3_600_000;

/** A commit id that a letter, or a number, stands for. */
export const sha = (letter: string | number): string =>
  typeof letter === "number" ? letter.toString(16).padStart(40, "0") : letter.repeat(40);

interface Place {
  /** Its hour; a run's number follows from that and the pull request. */
  run: number;
  /** One that follows from run and pull request when it is not given. */
  sha?: string;
  pull?: number;
  attempt?: number;
  job?: string;
}

const place = (where: Place) => ({
  run: where.run + 1000 * (where.pull ?? 0),
  attempt: where.attempt ?? 1,
  job: where.job ?? "test",
  sha: sha(where.sha ?? (where.pull ?? 0) * 1000 + where.run),
  branch: where.pull === undefined ? "main" : `change-${where.pull}`,
  pull: where.pull ?? null,
  at: new Date(BEGIN + where.run * HOUR + (where.attempt ?? 1) * 60_000),
});

/** The test failed there. */
export const failed = (
  where: Place & Partial<Pick<SightingFact, "author" | "retriedOk" | "fellTogether" | "infraSigns">>,
): SightingFact => ({
  ...place(where),
  author: where.author ?? null,
  retriedOk: where.retriedOk ?? false,
  cascade: false,
  fellTogether: where.fellTogether ?? 1,
  infraSigns: where.infraSigns ?? 0,
});

/** The job passed there. */
export const passed = (where: Place): JobFact => ({
  ...place(where),
  author: null,
  passed: true,
  partial: false,
  failedTests: [],
});

/** The job failed there with other tests; with none, nothing is known to have run. */
export const failedOtherwise = (where: Place, failedTests: string[]): JobFact => ({
  ...place(where),
  author: null,
  passed: false,
  partial: false,
  failedTests,
});

/** All that is known: the job of each failure failed, and others as given. */
export const evidence = (
  sightings: SightingFact[],
  others: JobFact[] = [],
  opinion: Evidence["opinion"] = null,
): Evidence => ({
  tests: ["the test"],
  defaultBranch: "main",
  sightings,
  jobs: [
    ...sightings.map(({ run, attempt, job, sha, branch, pull, author, at }) => ({
      run,
      attempt,
      job,
      sha,
      branch,
      pull,
      author,
      at,
      passed: false,
      partial: false,
      failedTests: ["the test"],
    })),
    ...others,
  ],
  opinion,
});
