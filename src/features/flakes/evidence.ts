import { DAY } from "../../kernel/clock.ts";
import { MASS } from "../findings/mass.ts";

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
  author: string | null;
  at: Date;
  passed: boolean;
  /** It failed and may have ended early: what it does not name it says nothing about. */
  partial: boolean;
  /** Tests that failed in it; empty for a failed job means that none is known to have run. May be cut above `MASS`. */
  failedTests: readonly string[];
}

/** A model's opinion; capped, and never enough alone. */
export interface Opinion {
  class: "flaky-test" | "infra-flake" | "likely-regression" | "unknown";
  confidence: number;
  quote: string;
}

/** All that a verdict rests on. Pure data: the same live, in a dry run and offline. */
export interface Evidence {
  /** Names of the tests that are judged as one. */
  tests: readonly string[];
  defaultBranch: string;
  sightings: readonly SightingFact[];
  jobs: readonly JobFact[];
  opinion: Opinion | null;
}

/** Bounds of what one verdict looks at: failures, and job runs from so long before the first of them; the newest count. */
export const MOST_SIGHTINGS = 500;
export const MOST_JOBS = 4000;
export const LOOK_BACK = 7 * DAY;

/** Conclusions of a job that say how its tests went. */
export const TELLING: readonly string[] = ["success", "failure", "timed_out"];

/** True for a failure that the machinery explains: it says nothing about the test. */
export const tainted = (fact: SightingFact): boolean => fact.infraSigns > 0 || fact.fellTogether >= MASS;

/** Where a sighting counts once: a pull request, or a commit of a branch. */
export const placeOf = (fact: { pull: number | null; branch: string; sha: string }): string =>
  fact.pull === null ? `${fact.branch}@${fact.sha}` : `#${fact.pull}`;

/** Sightings that are independent of each other, outages left out: each pull request counts once. */
export const independentSightings = (evidence: Pick<Evidence, "sightings">): number =>
  new Set(evidence.sightings.filter((fact) => !tainted(fact)).map(placeOf)).size;
