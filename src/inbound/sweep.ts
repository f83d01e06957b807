import { and, eq, gt, isNull } from "drizzle-orm";
import { deployments, findings, issues } from "../../db/schema.ts";
import { watchLimit } from "../features/alerts/watch.ts";
import type { Context } from "../features/context.ts";
import { dropErrors } from "../features/failures/errors/store.ts";
import { pruneScans } from "../features/failures/scans.ts";
import { dropExcerpts } from "../features/failures/store.ts";
import { endStale } from "../features/failures/sweep.ts";
import { findingsIn } from "../features/findings/store.ts";
import { planWaiting } from "../features/fixes/plan.ts";
import { queuedTasks } from "../features/fixes/store.ts";
import { commandKind } from "../features/issues/bare-commands.ts";
import { fileParked } from "../features/issues/file.ts";
import { openPulls } from "../features/pulls/store.ts";
import { publishWaiting } from "../features/pulls/waiting.ts";
import { resumeQuestions } from "../features/threads/discuss/ask.ts";
import { DAY, HOUR, MINUTE } from "../kernel/clock.ts";
import { errorText } from "../kernel/errors.ts";
import { FindingId } from "../kernel/ids.ts";
import { openDeliveries, pruneInbox } from "../platform/inbox.ts";
import { pruneLeases } from "../platform/lease.ts";
import { pruneOutbox } from "../platform/outbox/store.ts";
import { tasksWithJob } from "../platform/queue.ts";
import { catchUp } from "./catch-up.ts";

/** Asks again for everything that a missed webhook, a crash or a pause may have left behind. Doing so twice is harmless. */
export async function sweep(deps: Context): Promise<void> {
  const { db, queue, clock } = deps;
  const now = clock.now().getTime();
  await resumeDeliveries(deps, new Date(now - 2 * MINUTE));
  for (const pull of await openPulls(db)) {
    const { repo, number } = pull;
    await queue.send(db, "pull.follow", { repo, pull: number }, { key: `${repo}/${number}` });
  }
  // a job has five tries, and its task may outlast them
  const told = await tasksWithJob(db);
  for (const task of await queuedTasks(db, new Date(now - MINUTE))) {
    if (!told.has(task.id)) await queue.sendTask(db, { task: task.id }, task.labels);
  }
  await planWaiting(deps);
  await publishWaiting(deps);
  await catchUp(deps).catch((error: unknown) => {
    deps.log.warn({ error: errorText(error) }, "what people said in the meantime could not be asked for");
  });
  await unfinished(deps);
  await resumeQuestions(deps);
  await queue.send(db, "thread.nudge", {}, { key: "nudge" });
  await fileParked(deps);
  // what the caps held back may go by now
  await queue.send(db, "issue.file", { waited: 0 }, { key: "all" });
  await watched(deps);
  await endStale(deps, new Date(now - HOUR));
  for (const { source } of deps.config.file.repos) await watchLimit(deps, source);
  await pruneScans(db, new Date(now - 30 * DAY));
  await pruneLeases(db, new Date(now - DAY));
  await pruneInbox(db, new Date(now - 14 * DAY));
  // a command carries no mark: its row alone says that the comment is ours
  await pruneOutbox(db, new Date(now - 30 * DAY), [commandKind]);
  await dropErrors(db, new Date(now - deps.config.file.keep.excerpt_days * DAY));
  await dropExcerpts(db, new Date(now - deps.config.file.keep.excerpt_days * DAY));
}

/** Has deliveries worked on that came before `before` and are still open, such as a click whose process ended after its answer. */
export async function resumeDeliveries(deps: Pick<Context, "db" | "queue">, before: Date): Promise<void> {
  for (const id of await openDeliveries(deps.db, before)) {
    await deps.queue.send(deps.db, "inbox.handle", { id }, { key: `inbox:${id}` });
  }
}

/** Issues without an analysis, and cards that were never posted. */
async function unfinished(deps: Context): Promise<void> {
  const bare = await deps.db
    .select({ id: issues.findingId })
    .from(issues)
    .where(and(eq(issues.analysisVersion, 0), isNull(issues.closedAt)));
  for (const { id } of bare) {
    await deps.queue.send(deps.db, "issue.analyse", { finding: FindingId.parse(id) }, { key: String(id) });
  }
  const cardless = await deps.db
    .select({ id: findings.id })
    .from(findings)
    .where(and(isNull(findings.threadUrl), eq(findings.state, "open")));
  for (const { id } of cardless) {
    await deps.queue.send(deps.db, "card.refresh", { finding: FindingId.parse(id) }, { key: String(id) });
  }
}

/** Merged fixes: whether they hold, and whether a deployment told of before now contains them. */
async function watched(deps: Context): Promise<void> {
  const merged = await findingsIn(deps.db, ["merged", "deployed"]);
  for (const finding of merged.filter((one) => one.heldAt === null)) {
    await deps.queue.send(deps.db, "hold.check", { finding: finding.id }, { key: String(finding.id) });
  }
  if (!merged.some((finding) => finding.state === "merged")) return;
  const week = new Date(deps.clock.now().getTime() - 7 * DAY);
  const recent = await deps.db
    .select({ id: deployments.id })
    .from(deployments)
    .where(gt(deployments.receivedAt, week));
  for (const { id } of recent) {
    await deps.queue.send(deps.db, "deployment.match", { deployment: id }, { key: `deployment:${id}` });
  }
}
