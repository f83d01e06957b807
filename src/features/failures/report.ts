import { type Login, PullNumber, type RepoName, type Sha } from "../../kernel/ids.ts";
import { reportNumber } from "../../kernel/run-number.ts";
import type { CiJob, CiRun } from "../../ports/ci.ts";
import type { Context } from "../context.ts";
import { extractInputInWorker } from "./extract-in-worker.ts";
import { keepAttempt } from "./keep.ts";

/** A report that a CI pushed, with where it comes from. */
export interface Report {
  repo: RepoName;
  sha: Sha;
  branch: string;
  runUrl: string;
  job: string;
  attempt: number;
  pull: number | null;
  author: Login | null;
}

/**
 * Keeps a pushed report on the same path as a scanned run. The run is named by its address, the job by its name, so
 * the same report twice is kept once. Its bytes are handed on to another thread, and are not the caller's any more.
 * @returns how many failures were found in it, and what of it could not be read.
 */
export async function keepReport(
  deps: Pick<Context, "db" | "queue" | "clock">,
  report: Report,
  body: Uint8Array<ArrayBuffer>,
): Promise<{ failures: number; faults: readonly string[] }> {
  const { extraction, faults } = await extractInputInWorker(body, { repo: report.repo });
  const at = deps.clock.now();
  const failed = extraction.failures.some((failure) => failure.retried_ok !== true);
  const conclusion = failed ? "failure" : "success";
  const id = reportNumber(`${report.runUrl}|${report.job}`);
  const run: CiRun = {
    id,
    address: null,
    attempt: report.attempt,
    workflow: "reports",
    event: "report",
    branch: report.branch,
    sha: report.sha,
    conclusion,
    completed: true,
    pull: report.pull === null ? null : PullNumber.parse(report.pull),
    author: report.author,
    url: report.runUrl,
    createdAt: at,
    updatedAt: at,
  };
  const job: CiJob = {
    id: reportNumber(`${report.runUrl}|${report.job}|${report.attempt}`),
    run: id,
    attempt: report.attempt,
    name: report.job,
    conclusion,
    startedAt: null,
    completedAt: at,
    url: report.runUrl,
    partial: false,
    labels: [],
  };
  const read = { job, extraction, logGone: false, platform: null };
  await keepAttempt(deps, report.repo, run, report.attempt, {
    jobs: [job.id],
    rest: [read],
    gone: false,
    judgedLater: false,
  });
  return { failures: extraction.failures.length, faults };
}
