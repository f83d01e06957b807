import type { Db } from "../../../db/client.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { PullNumber, RepoName } from "../../kernel/ids.ts";
import { clamp, clampLines } from "../../kernel/text/clamp.ts";
import { redact } from "../../kernel/text/redact.ts";
import { storableText } from "../../kernel/text/storable.ts";
import { together } from "../../kernel/together.ts";
import { count } from "../../platform/counters.ts";
import type { Queue } from "../../platform/queue.ts";
import type { CiJob, CiRun } from "../../ports/ci.ts";
import { countWatched } from "../findings/store.ts";
import type { Extraction, Failure } from "./model.ts";
import type { Platform } from "./platform.ts";
import { addJobRuns, addSightings, claimAttempt, fingerprintsOfRuns, jobsTold } from "./store.ts";

/** A job that was read; `extraction` is null where no log was needed, or none is kept any more. */
export interface ReadJob {
  job: CiJob;
  extraction: Extraction | null;
  logGone: boolean;
  platform: Platform | null;
}

/** A job whose log was not read. */
export const unread = (job: CiJob): ReadJob => ({ job, extraction: null, logGone: false, platform: null });

/** Keeps what jobs told, in the caller's transaction. A job that was kept before changes nothing. */
export async function keepJobs(tx: Db, repo: RepoName, run: CiRun, reads: readonly ReadJob[]): Promise<void> {
  const added = await addJobRuns(
    tx,
    reads.map((read) => jobRow(repo, run, read)),
  );
  const failures = reads
    .filter(({ job }) => added.has(job.id))
    .flatMap((read) => sightingRows(repo, run, read));
  if (failures.length === 0) return;
  await together(addSightings(tx, failures), count(tx, "failures_extracted_total", failures.length));
}

/** An attempt all of whose other jobs are kept. */
export interface EndedAttempt {
  /** Ids of all its jobs. */
  jobs: readonly number[];
  /** Those that are not kept yet. */
  rest: readonly ReadJob[];
  /** Its jobs are not listed any more. */
  gone: boolean;
  /** Verdicts are asked for by the scan that it belongs to, once all of its runs are read. */
  judgedLater: boolean;
}

/**
 * Marks one attempt of a run as read, keeps the rest of its jobs and asks for new verdicts, in one transaction. An
 * attempt that was marked before changes nothing.
 */
export async function keepAttempt(
  deps: { db: Db; clock: Clock; queue: Queue },
  repo: RepoName,
  run: CiRun,
  attempt: number,
  ended: EndedAttempt,
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    await keepJobs(tx, repo, run, ended.rest);
    const told = await jobsTold(tx, repo, ended.jobs);
    const mine = await claimAttempt(tx, {
      repo,
      run: run.id,
      attempt,
      workflow: run.workflow,
      conclusion: run.conclusion,
      whole: told.gone === 0 && !ended.gone,
      failedJobs: told.read,
      extracted: told.failures,
      readAt: deps.clock.now(),
    });
    if (!mine) return;
    const watched = await countWatched(tx, repo);
    // asked for at once: people wait for the connection meanwhile
    await together(
      count(tx, "runs_scanned_total"),
      // what a scan finds is days old: no author of a pull request waits for a word on it
      ended.judgedLater ? null : judgeRuns(deps, tx, repo, [run.id], run),
      watched === 0 ? null : deps.queue.send(tx, "hold.sweep", { repo }, { key: repo }),
    );
  });
}

/**
 * Asks for verdicts on all that these runs are news for.
 * @param of where they are of one commit: what it is, and the pull request whose author is told once the verdicts stand.
 */
export async function judgeRuns(
  deps: { queue: Queue },
  tx: Db,
  repo: RepoName,
  runs: readonly number[],
  of: { sha: string; pull: PullNumber | null } | null,
): Promise<void> {
  const fingerprints = await fingerprintsOfRuns(tx, repo, runs, of?.sha);
  const pull = of?.pull ?? null;
  if (fingerprints.length > 0) await deps.queue.send(tx, "flakes.assess", { repo, fingerprints, pull });
  else if (pull !== null)
    await deps.queue.send(tx, "pull.notice", { repo, pull }, { key: `${repo}#${pull}` });
}

function jobRow(repo: RepoName, run: CiRun, read: ReadJob) {
  const { job, extraction, logGone, platform } = read;
  const told = extraction !== null && extraction.failures.length + extraction.infra.length > 0;
  const log = extraction === null ? null : told ? ("told" as const) : ("silent" as const);
  return {
    repo,
    job: job.id,
    run: run.id,
    attempt: job.attempt,
    name: job.name,
    workflow: run.workflow,
    conclusion: job.conclusion ?? "unknown",
    sha: run.sha,
    branch: run.branch,
    pull: run.pull,
    author: run.author,
    at: job.completedAt ?? run.updatedAt,
    seconds: secondsOf(job),
    url: job.url,
    partial: job.partial,
    log: logGone ? ("gone" as const) : log,
    os: platform?.os ?? null,
    arch: platform?.arch ?? null,
    toolchain: platform?.toolchain ?? null,
  };
}

function secondsOf({ startedAt, completedAt }: CiJob): number | null {
  if (startedAt === null || completedAt === null) return null;
  return Math.max(0, Math.round((completedAt.getTime() - startedAt.getTime()) / 1000));
}

function sightingRows(repo: RepoName, run: CiRun, entry: ReadJob) {
  const { job, extraction } = entry;
  if (extraction === null) return [];
  // what a crash felled with it is one failure with it
  const apart = extraction.failures.filter((failure) => failure.cascade_of === undefined).length;
  return extraction.failures.map((failure, index) => ({
    ...failureColumns(failure),
    repo,
    job: job.id,
    run: run.id,
    attempt: job.attempt,
    jobName: job.name,
    sha: run.sha,
    branch: run.branch,
    pull: run.pull,
    author: run.author,
    at: job.completedAt ?? run.updatedAt,
    fellTogether: Math.max(1, apart),
    infra: extraction.infra.map((sign) => ({ ...sign, message: kept(sign.message, 500) })),
    // a secret that is cut in two is known no more, so they go first
    excerpt: clamp(clampLines(kept(extraction.excerpts.get(index)?.text ?? ""), 120), 24_000) || null,
    url: job.url,
  }));
}

const MOST_NAME = 500;

/** Text of a log as it is kept: without secrets, and without what a database takes for no text. */
const kept = (text: string, most = Number.POSITIVE_INFINITY): string =>
  clamp(redact(storableText(text)), most);
const keptName = (name: string | undefined): string | null =>
  name === undefined ? null : kept(name, MOST_NAME);

function failureColumns(failure: Failure) {
  return {
    fingerprint: failure.fingerprint,
    test: kept(failure.test, MOST_NAME),
    suite: keptName(failure.suite),
    package: keptName(failure.package),
    file: keptName(failure.file),
    framework: failure.framework,
    kind: failure.kind,
    message: kept(failure.message, 4000),
    signature: kept(failure.signature, 1000),
    line: failure.line,
    retriedOk: failure.retried_ok ?? false,
    cascadeOf: keptName(failure.cascade_of),
  };
}
