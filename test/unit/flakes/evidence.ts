import type { Evidence, JobFact, SightingFact } from "../../../src/features/flakes/evidence.ts";

const BEGIN = Date.parse("2026-03-01T00:00:00Z");
const HOUR = 3_600_000;

/** A commit id that a letter stands for. */
export const sha = (letter: string): string => letter.repeat(40);

interface Place {
  /** Run; also its hour. */
  run: number;
  sha: string;
  pull?: number;
  attempt?: number;
  job?: string;
}

const place = (where: Place) => ({
  run: where.run,
  attempt: where.attempt ?? 1,
  job: where.job ?? "test",
  sha: sha(where.sha),
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
export const passed = (where: Place): JobFact => ({ ...place(where), passed: true });

/** All that is known: the job of each failure failed, and those that passed. */
export const evidence = (
  sightings: SightingFact[],
  passes: JobFact[] = [],
  opinion: Evidence["opinion"] = null,
): Evidence => ({
  defaultBranch: "main",
  sightings,
  jobs: [
    ...sightings.map(({ run, attempt, job, sha, branch, pull, at }) => ({
      run,
      attempt,
      job,
      sha,
      branch,
      pull,
      at,
      passed: false,
    })),
    ...passes,
  ],
  opinion,
});
