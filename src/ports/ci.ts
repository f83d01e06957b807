import type { Login, PullNumber, RepoName, Sha } from "../kernel/ids.ts";

/** How a run or job ended; `null` while it has not. */
export type Conclusion =
  | "success"
  | "failure"
  | "cancelled"
  | "timed_out"
  | "skipped"
  | "neutral"
  | "action_required"
  | "stale"
  | "startup_failure"
  | null;

/** What a run is asked for by. */
export interface RunRef {
  id: number;
  /** How a CI beside the forge's own finds it again: a commit and a job. Null where the id is enough. */
  address: string | null;
}

/** One workflow run at its newest attempt. */
export interface CiRun extends RunRef {
  attempt: number;
  workflow: string;
  event: string;
  branch: string;
  sha: Sha;
  conclusion: Conclusion;
  completed: boolean;
  pull: PullNumber | null;
  author: Login | null;
  url: string;
  createdAt: Date;
  updatedAt: Date;
}

/** One job of one attempt of a run. */
export interface CiJob {
  id: number;
  run: number;
  attempt: number;
  name: string;
  conclusion: Conclusion;
  startedAt: Date | null;
  completedAt: Date | null;
  url: string;
  /** It failed, and may have ended before all of its tests ran: about those it does not name it says nothing. */
  partial: boolean;
  /** What its runner had to be: `ubuntu-latest`, `ARM64`. */
  labels: readonly string[];
}

/** Runs of a workflow, and whether the listing was cut by the service's own limit. */
export interface RunListing {
  runs: CiRun[];
  truncated: boolean;
}

/** A status or a check run that somebody left on a commit. */
export interface CommitMark {
  sha: Sha;
  /** Its context, or the check's name. */
  name: string;
  url: string;
}

/** How much of the service's request limit is left. */
export interface CiLimit {
  limit: number;
  remaining: number;
  resetAt: Date;
}

/** What the stages ask of a CI. All methods throw TransientError or RefusedError. */
export interface Ci {
  /** Runs with any conclusion created at or after `since`; of these workflows, by name or file name, or of all. */
  runs(repo: RepoName, options: { workflows: readonly string[]; since: Date }): Promise<RunListing>;
  run(repo: RepoName, ref: RunRef): Promise<CiRun>;
  /** The run that a mark tells of, when it is of a CI that tells in no other way; asks nothing. Null for others. */
  runOf(repo: RepoName, mark: CommitMark): RunRef | null;
  /** Runs of one commit that can be run again, newest first. */
  runsAt(repo: RepoName, sha: Sha): Promise<CiRun[]>;
  jobs(repo: RepoName, run: RunRef, attempt: number): Promise<CiJob[]>;
  /** A job's raw log as bytes; null when the service keeps it no longer. */
  log(repo: RepoName, job: CiJob): Promise<ReadableStream<Uint8Array> | null>;
  /** Raw logs of all jobs of an attempt as one zip; null when the service keeps them no longer. */
  logs(repo: RepoName, run: CiRun, attempt: number): Promise<ReadableStream<Uint8Array> | null>;
  rerunFailed(repo: RepoName, run: number): Promise<void>;
  /** What the last answers said of the limit; asks nothing. Null when they said nothing. */
  limit(): CiLimit | null;
}
