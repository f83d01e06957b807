import { and, eq, gte, inArray } from "drizzle-orm";
import { jobRuns, sightings } from "../../../db/schema.ts";
import { bot } from "../../kernel/actor.ts";
import { DAY } from "../../kernel/clock.ts";
import { type FindingId, type RepoName, Sha } from "../../kernel/ids.ts";
import { disarm } from "../../kernel/text/escape.ts";
import { plural } from "../../kernel/text/figures.ts";
import { record } from "../../platform/audit.ts";
import type { Finding } from "../findings/model.ts";
import { changeState, noteFacts } from "../findings/service.ts";
import { findingById, findingsIn } from "../findings/store.ts";
import { cardView } from "../insights/card-view.ts";
import { closeIssue, reopenIssue } from "../issues/close.ts";
import { enqueueNote } from "../threads/notes.ts";
import { containsCommit } from "./ancestry.ts";
import { errorWatch } from "./hold-error.ts";
import { heldWords } from "./messages.ts";
import type { WatchDeps as Deps, Failed, Held, Watch } from "./watch.ts";

/** Enqueues the check of every fix of a repository that is being watched. */
export async function sweepHolds(deps: Deps, repo: RepoName): Promise<void> {
  for (const finding of await findingsIn(deps.db, ["merged", "deployed"])) {
    if (finding.repo !== repo || finding.heldAt !== null) continue;
    await deps.queue.send(deps.db, "hold.check", { finding: finding.id }, { key: String(finding.id) });
  }
}

/**
 * Looks at the runs that contain a merged fix: one that failed with the finding's test means it did not hold; enough
 * that passed, over enough days, mean it did.
 */
export async function checkHold(deps: Deps, id: FindingId): Promise<void> {
  const finding = await findingById(deps.db, id);
  if (finding === null || finding.mergeCommit === null || finding.mergedAt === null) return;
  if (finding.state !== "merged" && finding.state !== "deployed") return;
  const fix = Sha.parse(finding.mergeCommit);
  const watch = WATCHES[finding.kind];
  const failed = await watch.failure(deps, finding, fix);
  if (failed !== null) return reopen(deps, finding, failed);
  if (finding.heldAt !== null) return;
  const held = await watch.quiet(deps, finding, fix);
  if (held !== null) await hold(deps, finding, held);
}

const RUNS: Watch = { failure: failedRun, quiet: quietRuns };
const WATCHES: Record<Finding["kind"], Watch> = { flaky_test: RUNS, issue: RUNS, runtime_error: errorWatch };

async function failedRun(deps: Deps, finding: Finding, fix: Sha): Promise<Failed | null> {
  const seen = await failureWithFix(deps, finding, fix);
  if (seen === null) return null;
  return {
    key: String(seen.job),
    words: `it failed again in ${seen.url}, a run that contains ${fix}`,
    note: `<${seen.url}|this job> contains the fix and failed`,
    detail: { run: seen.run, job: seen.url, commit: fix },
  };
}

/** Enough passes with the fix, over enough days. */
async function quietRuns(deps: Deps, finding: Finding, fix: Sha): Promise<Held | null> {
  const { quiet } = deps.config.file;
  const runs = await passesWithFix(deps, finding, fix);
  const days = (deps.clock.now().getTime() - (finding.mergedAt ?? deps.clock.now()).getTime()) / DAY;
  if (runs < quiet.runs || days < quiet.days) return null;
  const view = await cardView(deps.db, finding.id);
  const before = view?.proof?.before ?? null;
  const figures = { runs, days, before, sightings: view?.sightings ?? 0, commit: fix };
  return {
    words: heldWords(figures),
    note: `${plural(runs, "run")} with the fix passed, none failed.`,
    detail: { runs, days },
  };
}

/**
 * Only what may contain the fix is looked at one by one. A day of room, since the run of the merge commit itself may
 * end before the merge is heard of; what counts is the commit, not the hour.
 */
const around = (mergedAt: Date): Date => new Date(mergedAt.getTime() - DAY);

type Seen = typeof sightings.$inferSelect;

/** A sighting in a run that contains the fix; one from before it says nothing. */
async function failureWithFix(deps: Deps, finding: Finding, fix: Sha): Promise<Seen | null> {
  if (finding.mergedAt === null) return null;
  const since = and(eq(sightings.findingId, finding.id), gte(sightings.at, around(finding.mergedAt)));
  for (const seen of await deps.db.select().from(sightings).where(since)) {
    if (await containsCommit(deps, finding.repo, fix, Sha.parse(seen.sha))) return seen;
  }
  return null;
}

/** Runs since the merge that contain the fix and passed, of the jobs in which the test was seen. */
async function passesWithFix(deps: Deps, finding: Finding, fix: Sha): Promise<number> {
  if (finding.mergedAt === null) return 0;
  const jobs = await deps.db
    .selectDistinct({ name: sightings.jobName })
    .from(sightings)
    .where(eq(sightings.findingId, finding.id));
  if (jobs.length === 0) return 0;
  const passed = await deps.db
    .select({ sha: jobRuns.sha, run: jobRuns.run })
    .from(jobRuns)
    .where(
      and(
        eq(jobRuns.repo, finding.repo),
        eq(jobRuns.conclusion, "success"),
        gte(jobRuns.at, around(finding.mergedAt)),
        inArray(
          jobRuns.name,
          jobs.map((job) => job.name),
        ),
      ),
    );
  let runs = 0;
  for (const job of passed) {
    if (await containsCommit(deps, finding.repo, fix, Sha.parse(job.sha))) runs += 1;
  }
  return runs;
}

async function reopen(deps: Deps, finding: Finding, failed: Failed): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const changed = await changeState(deps, tx, {
      finding: finding.id,
      from: ["merged", "deployed"],
      to: "open",
      actor: bot,
      why: `the fix did not hold: ${failed.words}`,
      detail: failed.detail,
      facts: { heldAt: null, pullNumber: null, reopened: finding.reopened + 1 },
    });
    if (changed === null) return;
    const words = `The fix did not hold: ${disarm(failed.words)}. A fresh approval is needed for the next attempt.`;
    await reopenIssue(deps, tx, finding.id, { key: `reopen:F${finding.id}:${failed.key}`, words });
    await enqueueNote(tx, deps.clock, {
      finding: finding.id,
      key: `unheld:F${finding.id}:${failed.key}`,
      text: `:leftwards_arrow_with_hook: It did not hold: ${failed.note}. Open again.`,
    });
    await deps.queue.send(tx, "issue.sync", { finding: finding.id }, { key: String(finding.id) });
  });
}

async function hold(deps: Deps, finding: Finding, held: Held): Promise<void> {
  const heldAt = deps.clock.now();
  await deps.db.transaction(async (tx) => {
    const now = await findingById(tx, finding.id);
    if (now === null || now.heldAt !== null || (now.state !== "merged" && now.state !== "deployed")) return;
    await noteFacts(deps, tx, finding.id, { heldAt });
    await record(tx, { at: heldAt, actor: bot, action: "held", finding: finding.id, detail: held.detail });
    const key = `held:F${finding.id}:${finding.mergeCommit}`;
    await closeIssue(deps, tx, finding.id, { key, words: held.words, reason: "completed" });
    await enqueueNote(tx, deps.clock, {
      finding: finding.id,
      key,
      text: `:tada: It held: ${held.note} The issue is closed.`,
    });
  });
}
