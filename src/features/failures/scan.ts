import { errorText, RefusedError, UserError } from "../../kernel/errors.ts";
import type { RepoName } from "../../kernel/ids.ts";
import type { CiJob, CiRun, RunRef } from "../../ports/ci.ts";
import type { Context } from "../context.ts";
import { type JobLogs, readArchive } from "./archive.ts";
import { extractInWorker } from "./extract-in-worker.ts";
import { headed } from "./inputs/plain.ts";
import { keepAttempt, keepJobs, type ReadJob, unread } from "./keep.ts";
import { PlatformReader } from "./platform.ts";
import { attemptsRead, jobsKept } from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "log" | "ci">;

/** Conclusions whose logs may tell of failed tests. */
const FAILED = new Set(["failure", "timed_out"]);
/** More failed jobs than this in an attempt: one archive is cheaper than their texts. */
const MOST_TEXTS = 3;
/**
 * Logs of one attempt that are read at once. Runs are read one after the other, so it is also the bound for the
 * process.
 */
const ABREAST = 4;

/**
 * Reads every attempt of a completed run that was not read yet, of an attempt half done only the jobs that are missing.
 * A run still going is left to its next webhook; one that was deleted tells nothing. Verdicts are asked for attempt by
 * attempt, unless they are `judgedLater`.
 */
export async function scanRun(deps: Deps, repo: RepoName, ref: RunRef, judgedLater: boolean): Promise<void> {
  const run = await unlessGone(deps.ci.run(repo, ref));
  if (run === null || !run.completed) return;
  const known = await attemptsRead(deps.db, repo, run.id);
  for (let attempt = 1; attempt <= run.attempt; attempt += 1) {
    if (!known.has(attempt)) await readAttempt(deps, repo, run, attempt, judgedLater);
  }
}

/** What a service answers; null where it keeps it no longer. */
async function unlessGone<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof RefusedError && (error.status === 404 || error.status === 410)) return null;
    throw error;
  }
}

async function readAttempt(
  deps: Deps,
  repo: RepoName,
  run: CiRun,
  attempt: number,
  judgedLater: boolean,
): Promise<void> {
  const listed = await unlessGone(deps.ci.jobs(repo, run, attempt));
  const jobs = (listed ?? []).filter((job) => job.conclusion !== null && job.conclusion !== "skipped");
  const kept = await jobsKept(
    deps.db,
    repo,
    jobs.map((job) => job.id),
  );
  const failed = jobs.filter(({ conclusion }) => conclusion !== null && FAILED.has(conclusion));
  const missing = failed.filter((job) => !kept.has(job.id));
  const archive = missing.length > MOST_TEXTS ? await openArchive(deps, repo, run, attempt, failed) : null;
  await abreast(ABREAST, missing, async (job) => {
    const read = await readJob(deps, repo, job, archive);
    await deps.db.transaction((tx) => keepJobs(tx, repo, run, [read]));
  });
  // a passed job needs no log: every test of it passed there
  const rest = jobs.filter((job) => !failed.includes(job)).map(unread);
  await keepAttempt(deps, repo, run, attempt, {
    jobs: jobs.map((job) => job.id),
    rest,
    gone: listed === null,
    judgedLater,
  });
}

async function openArchive(
  deps: Deps,
  repo: RepoName,
  run: CiRun,
  attempt: number,
  jobs: readonly CiJob[],
): Promise<JobLogs | null> {
  const stream = await deps.ci.logs(repo, run, attempt);
  return stream === null ? null : readArchive(stream, jobs);
}

async function readJob(deps: Deps, repo: RepoName, job: CiJob, archive: JobLogs | null): Promise<ReadJob> {
  const log = archive?.(job) ?? (await deps.ci.log(repo, job));
  if (log === null) return { ...unread(job), logGone: true };
  const reader = new PlatformReader(job.labels);
  try {
    const { head, all } = await headed(log);
    reader.push(head);
    const { os } = reader.result();
    const watched = streamOf(watch(all, head.length, reader));
    const extraction = await extractInWorker(watched, { repo, ...(os === null ? {} : { platform: os }) });
    return { job, extraction, logGone: false, platform: reader.result() };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // it unpacks without end, or is broken: no other try would read it
    deps.log.warn({ repo, job: job.id, error: errorText(error) }, "a job's log cannot be read");
    return { ...unread(job), logGone: true };
  }
}

/** Shows the reader what it has not seen yet, as it streams past. */
async function* watch(
  stream: AsyncIterable<Uint8Array>,
  seen: number,
  reader: PlatformReader,
): AsyncIterable<Uint8Array> {
  let skip = seen;
  for await (const chunk of stream) {
    if (skip < chunk.length) reader.push(chunk.subarray(skip));
    skip = Math.max(0, skip - chunk.length);
    yield chunk;
  }
}

function streamOf(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await iterator.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    // not waited for: a source that says nothing more would never let go
    cancel: () => void iterator.return?.().catch(() => {}),
  });
}

/** Works on all items, at most `most` at once; the first fault ends it, once what was begun has ended. */
async function abreast<T>(
  most: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await work(next).catch((error: unknown) => {
        waiting.length = 0;
        throw error;
      });
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: Math.min(most, items.length) }, lane));
  const broken = ends.find((end) => end.status === "rejected");
  if (broken !== undefined) throw broken.reason;
}
