import type { Db } from "../../../db/client.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Fingerprint, RepoName } from "../../kernel/ids.ts";
import { clamp, clampLines } from "../../kernel/text/clamp.ts";
import { redact } from "../../kernel/text/redact.ts";
import { count } from "../../platform/counters.ts";
import type { Queue } from "../../platform/queue.ts";
import type { CiJob, CiRun } from "../../ports/ci.ts";
import type { Extraction, Failure } from "./model.ts";
import { addJobRuns, addSightings, claimAttempt, fingerprintsAt } from "./store.ts";

/** A job that was read; `extraction` is null where no log was needed, or none is kept any more. */
export interface ReadJob {
  job: CiJob;
  extraction: Extraction | null;
  logGone: boolean;
}

/**
 * Keeps all that one attempt of a run told and asks for new verdicts, in one transaction. An attempt that was kept
 * before changes nothing.
 */
export async function keepAttempt(
  deps: { db: Db; clock: Clock; queue: Queue },
  repo: RepoName,
  run: CiRun,
  attempt: number,
  read: ReadJob[],
): Promise<void> {
  const failures = read.flatMap((entry) => entry.extraction?.failures ?? []);
  await deps.db.transaction(async (tx) => {
    const mine = await claimAttempt(tx, {
      repo,
      run: run.id,
      attempt,
      workflow: run.workflow,
      conclusion: run.conclusion,
      whole: read.every((entry) => !entry.logGone),
      failedJobs: read.filter((entry) => entry.extraction !== null).length,
      extracted: failures.length,
      readAt: deps.clock.now(),
    });
    if (!mine) return;
    await addJobRuns(
      tx,
      read.map((entry) => jobRow(repo, run, entry.job)),
    );
    await addSightings(
      tx,
      read.flatMap((entry) => sightingRows(repo, run, entry)),
    );
    await count(tx, "runs_scanned_total");
    if (failures.length > 0) await count(tx, "failures_extracted_total", failures.length);
    const news = new Set<Fingerprint>(failures.map((failure) => failure.fingerprint));
    for (const fingerprint of await fingerprintsAt(tx, repo, [run.sha])) news.add(fingerprint);
    if (news.size > 0) await deps.queue.send(tx, "flakes.assess", { repo, fingerprints: [...news] });
    if (run.pull !== null)
      await deps.queue.send(tx, "pull.notice", { repo, pull: run.pull }, { key: `${repo}#${run.pull}` });
    await deps.queue.send(tx, "hold.sweep", { repo }, { key: repo });
  });
}

function jobRow(repo: RepoName, run: CiRun, job: CiJob) {
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
    url: job.url,
  };
}

function sightingRows(repo: RepoName, run: CiRun, entry: ReadJob) {
  const { job, extraction } = entry;
  if (extraction === null) return [];
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
    fellTogether: extraction.failures.length,
    infra: extraction.infra.map((sign) => ({ ...sign, message: redact(clamp(sign.message, 500)) })),
    excerpt: redact(clamp(clampLines(extraction.excerpts.get(index)?.text ?? "", 120), 24_000)) || null,
    url: job.url,
  }));
}

function failureColumns(failure: Failure) {
  return {
    fingerprint: failure.fingerprint,
    test: clamp(failure.test, 500),
    suite: failure.suite ?? null,
    package: failure.package ?? null,
    file: failure.file ?? null,
    framework: failure.framework,
    kind: failure.kind,
    message: redact(clamp(failure.message, 4000)),
    signature: redact(clamp(failure.signature, 1000)),
    line: failure.line,
    retriedOk: failure.retried_ok ?? false,
    cascadeOf: failure.cascade_of ?? null,
  };
}
