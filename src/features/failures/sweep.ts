import type { Db } from "../../../db/client.ts";
import type { RepoConfig } from "../../config/index.ts";
import { errorText, RefusedError, TransientError } from "../../kernel/errors.ts";
import { RepoName } from "../../kernel/ids.ts";
import type { RunRef } from "../../ports/ci.ts";
import { noteScanFailed, noteScanned, watchLimit } from "../alerts/watch.ts";
import type { Context } from "../context.ts";
import { judgeRuns } from "./keep.ts";
import { type Listed, listRuns } from "./listing.ts";
import { scanRun } from "./scan.ts";
import { beginScan, endStaleScans, runIds, runRead, type Scan, scanById, updateScan } from "./scans.ts";
import { postScan, showScan } from "./shown.ts";
import { watchSilence } from "./silence.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "log" | "ci" | "config">;

/** Somebody asks for a scan: it is kept, shown in the channel and enqueued at once. */
export async function askForScan(deps: Deps, repo: RepoName, since: Date): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const scan = await beginScan(tx, { repo, since, asked: true, now: deps.clock.now() });
    await postScan(deps, tx, repo, scan);
    const job = { repo, since: since.toISOString(), scan };
    await deps.queue.send(tx, "scan.sweep", job, { key: `${repo}/scan/${scan}` });
  });
}

/**
 * Lists the runs of a repository and enqueues those with attempts that were not read.
 * @param id the scan that was begun for it; null to begin one.
 * @returns the scan as it stands; null when it could not be listed for good, which is told.
 */
export async function scanSweep(
  deps: Deps,
  repo: RepoName,
  settings: Pick<RepoConfig, "workflows" | "branches">,
  since: Date,
  id: number | null,
): Promise<Scan | null> {
  const before = id === null ? null : await scanById(deps.db, id);
  if (before?.listed != null || (id !== null && before === null)) return before;
  try {
    const listed = await listRuns(deps, repo, settings, since);
    await noteScanned(deps, repo);
    await watchLimit(deps, repo);
    return await queueRuns(deps, repo, since, id, listed);
  } catch (error) {
    const refused = error instanceof RefusedError;
    await noteFailed(deps, repo, error);
    if (id !== null) await failed(deps, id, errorText(error), refused);
    if (!refused) throw error;
    deps.log.error({ repo, error: errorText(error) }, "the runs cannot be listed");
    return null;
  }
}

async function queueRuns(
  deps: Deps,
  repo: RepoName,
  since: Date,
  begun: number | null,
  { listed, news, truncated }: Listed,
): Promise<Scan | null> {
  if (truncated) deps.log.warn({ repo, listed }, "the listing of runs was cut: older runs were not read");
  return deps.db.transaction(async (tx) => {
    const now = deps.clock.now();
    const id = begun ?? (await beginScan(tx, { repo, since, asked: false, now }));
    for (const run of news) {
      const key = `${repo}/${run.id}/scan/${id}`;
      await deps.queue.send(tx, "scan.run", { repo, run: run.id, scan: id, ...addressOf(run) }, { key });
    }
    const runs = news.map((run) => String(run.id));
    const ended = news.length === 0 ? { endedAt: now } : {};
    const scan = await updateScan(tx, id, {
      listed,
      truncated,
      runs,
      unread: runs,
      error: null,
      movedAt: now,
      ...ended,
    });
    await showScan(deps, tx, scan);
    return scan;
  });
}

/** What the job of a run carries besides the id. */
export const addressOf = ({ address }: RunRef) => (address === null ? {} : { address });

async function failed(deps: Deps, id: number, error: string, forGood: boolean): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const now = deps.clock.now();
    const scan = await updateScan(tx, id, { error, movedAt: now, ...(forGood ? { endedAt: now } : {}) });
    await showScan(deps, tx, scan);
  });
}

/**
 * Reads a run, for a scan or because a webhook told of it (`scan` is null then). What GitHub refuses for good is not
 * tried again by itself: the next scan finds the run unread.
 */
export async function readRun(deps: Deps, repo: RepoName, ref: RunRef, scan: number | null): Promise<void> {
  const run = ref.id;
  try {
    await scanRun(deps, repo, ref, scan !== null);
    await noteScanned(deps, repo);
  } catch (error) {
    await noteFailed(deps, repo, error);
    if (scan !== null) await updateScan(deps.db, scan, { error: errorText(error) });
    if (!(error instanceof RefusedError)) throw error;
    deps.log.error({ repo, run, error: errorText(error) }, "a run cannot be read");
    return;
  }
  await watchLimit(deps, repo);
  await deps.db.transaction(async (tx) => {
    if (scan === null) return watchSilence(deps, tx, repo, [run], false);
    const after = await runRead(tx, scan, run, deps.clock.now());
    if (after?.endedAt != null) await ended(deps, tx, repo, after);
    else await showScan(deps, tx, after);
  });
}

/** A limit is no failure: it says when it ends, and has an alert of its own. */
async function noteFailed(deps: Deps, repo: RepoName, error: unknown): Promise<void> {
  if (error instanceof TransientError && error.retryAfterMs !== null) return watchLimit(deps, repo);
  await noteScanFailed(deps, repo, errorText(error));
}

/** Ends scans that nothing moved since `before`: some of their runs could not be read. */
export async function endStale(deps: Deps, before: Date): Promise<void> {
  await deps.db.transaction(async (tx) => {
    for (const scan of await endStaleScans(tx, before, deps.clock.now())) {
      await ended(deps, tx, RepoName.parse(scan.repo), scan);
    }
  });
}

/** All of a scan is read: one verdict on everything, so that what is filed does not depend on the order of reading. */
async function ended(deps: Deps, tx: Db, repo: RepoName, scan: Scan): Promise<void> {
  const runs = runIds(scan.runs);
  await judgeRuns(deps, tx, repo, runs, null);
  await watchSilence(deps, tx, repo, runs, true);
  await showScan(deps, tx, scan);
}
