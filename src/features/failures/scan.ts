import type { RepoConfig } from "../../config/index.ts";
import type { RepoName } from "../../kernel/ids.ts";
import type { CiJob, CiRun } from "../../ports/ci.ts";
import type { Context } from "../context.ts";
import { extractInWorker } from "./extract-in-worker.ts";
import { keepAttempt, type ReadJob } from "./keep.ts";
import { attemptCounts, attemptsRead } from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "log" | "ci">;

/** Conclusions whose logs may tell of failed tests. */
const FAILED = new Set(["failure", "timed_out"]);

/** Reads every attempt of a completed run that was not read yet. A run still going is left to its next webhook. */
export async function scanRun(deps: Deps, repo: RepoName, runId: number): Promise<void> {
  const run = await deps.ci.run(repo, runId);
  if (!run.completed) return;
  const known = await attemptsRead(deps.db, repo, runId);
  for (let attempt = 1; attempt <= run.attempt; attempt += 1) {
    if (!known.has(attempt))
      await keepAttempt(deps, repo, run, attempt, await readAttempt(deps, repo, run, attempt));
  }
}

/** Whether a run's branch is of interest: pull requests always are, others as the settings name them (none: all). */
export const countsBranch = (
  settings: Pick<RepoConfig, "branches">,
  run: { event: string; branch: string },
): boolean =>
  settings.branches.length === 0 ||
  run.event.startsWith("pull_request") ||
  settings.branches.includes(run.branch);

/**
 * Lists a workflow's runs in the window, whatever their end, and enqueues those with attempts that were not read.
 * @returns what the listing told, for the one who asked.
 */
export async function scanSweep(
  deps: Deps,
  repo: RepoName,
  settings: Pick<RepoConfig, "workflows" | "branches">,
  since: Date,
): Promise<{ listed: number; queued: number; truncated: boolean }> {
  const runs: CiRun[] = [];
  let truncated = false;
  const { workflows } = settings;
  for (const workflow of workflows.length === 0 ? [null] : workflows) {
    const listing = await deps.ci.runs(repo, { workflow, since });
    runs.push(...listing.runs.filter((run) => run.completed && countsBranch(settings, run)));
    truncated ||= listing.truncated;
  }
  const known = await attemptCounts(
    deps.db,
    repo,
    runs.map((run) => run.id),
  );
  const news = runs.filter((run) => (known.get(run.id) ?? 0) < run.attempt);
  await deps.db.transaction(async (tx) => {
    for (const run of news) {
      await deps.queue.send(
        tx,
        "scan.run",
        { repo, run: run.id },
        { key: `${repo}/${run.id}/${run.attempt}` },
      );
    }
  });
  if (truncated)
    deps.log.warn({ repo, listed: runs.length }, "the listing of runs was cut: older runs were not read");
  return { listed: runs.length, queued: news.length, truncated };
}

async function readAttempt(deps: Deps, repo: RepoName, run: CiRun, attempt: number): Promise<ReadJob[]> {
  const jobs = await deps.ci.jobs(repo, run.id, attempt);
  const read: ReadJob[] = [];
  for (const job of jobs) {
    if (job.conclusion === null || job.conclusion === "skipped") continue;
    // a passed job needs no log: every test of it passed there
    read.push(
      FAILED.has(job.conclusion) ? await readJob(deps, repo, job) : { job, extraction: null, logGone: false },
    );
  }
  return read;
}

async function readJob(deps: Deps, repo: RepoName, job: CiJob): Promise<ReadJob> {
  const log = await deps.ci.log(repo, job);
  if (log === null) return { job, extraction: null, logGone: true };
  return { job, extraction: await extractInWorker(log, { repo }), logGone: false };
}
