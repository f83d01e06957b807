import type { Db } from "../../../db/client.ts";
import { repoConfig } from "../../config/index.ts";
import { bot } from "../../kernel/actor.ts";
import { type FindingId, TaskId } from "../../kernel/ids.ts";
import { record } from "../../platform/audit.ts";
import { readPause } from "../../platform/pause.ts";
import { standingApproval, useApproval } from "../approvals/store.ts";
import type { Context } from "../context.ts";
import { wordsOf } from "../findings/kinds.ts";
import type { Finding } from "../findings/model.ts";
import { changeState, refreshCard } from "../findings/service.ts";
import { findingById, findingsIn } from "../findings/store.ts";
import { fingerprintsOf } from "../flakes/store.ts";
import { enqueueNote } from "../threads/notes.ts";
import { addTask, liveTask, moveTask } from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "config">;

/** Branch of a finding's fix; a fix of one that came back gets a branch of its own. */
export const branchOf = (prefix: string, fingerprint: string, reopened: number): string =>
  `${prefix}/${fingerprint.slice(0, 8)}${reopened === 0 ? "" : `-${reopened + 1}`}`;

/** Queues the fix of an approved finding, unless the service is paused: then resuming does it. */
export async function planTask(deps: Deps, id: FindingId): Promise<void> {
  if (deps.config.env.READ_ONLY || (await readPause(deps.db)) !== null) return;
  await deps.db.transaction(async (tx) => {
    const finding = await findingById(tx, id);
    const approval = await standingApproval(tx, id);
    if (finding?.state !== "approved" || approval === null) return;
    const now = deps.clock.now();
    if (approval.expiresAt <= now) return expire(deps, tx, finding);
    const added = await queueTask(deps, tx, finding, {
      kind: "fix",
      by: approval.login,
      note: approval.note,
    });
    if (added !== null) await useApproval(tx, approval.id, now);
  });
}

/** Queues a task for a finding, unless it has one at work. @returns the task, or null. */
export async function queueTask(
  deps: Deps,
  tx: Db,
  finding: Finding,
  ask: { kind: "fix" | "address"; by: string; note: string | null },
): Promise<TaskId | null> {
  const [fingerprint] = await fingerprintsOf(tx, finding.id);
  const labels = repoConfig(deps.config, finding.repo)?.labels ?? [];
  const id = TaskId.parse(`f${finding.id}-${ask.kind}-${crypto.randomUUID().slice(0, 8)}`);
  const at = deps.clock.now();
  const added = await addTask(tx, {
    id,
    findingId: finding.id,
    kind: ask.kind,
    state: "queued",
    requestedBy: ask.by,
    note: ask.note,
    labels,
    branch:
      fingerprint === undefined
        ? `${wordsOf(finding).branch}/f${finding.id}`
        : branchOf(wordsOf(finding).branch, fingerprint, finding.reopened),
    createdAt: at,
  });
  if (!added) return null;
  await deps.queue.sendTask(tx, { task: id }, labels);
  const detail = { task: id, kind: ask.kind, by: ask.by };
  await record(tx, { at, actor: bot, action: "task.queued", finding: finding.id, detail });
  await refreshCard(deps, tx, finding.id);
  return id;
}

async function expire(deps: Deps, tx: Db, finding: Finding): Promise<void> {
  const change = {
    finding: finding.id,
    from: ["approved"],
    to: "open",
    actor: bot,
    why: "the approval expired",
  } as const;
  if ((await changeState(deps, tx, change)) === null) return;
  const days = deps.config.file.limits.approval_days;
  await enqueueNote(tx, deps.clock, {
    finding: finding.id,
    key: `expired:F${finding.id}:${deps.clock.now().getTime()}`,
    text: `:hourglass: The approval is older than ${days} days and counts no more. Approve again to start the fix.`,
  });
}

/** Drops the queued task of a finding whose approval was taken back. */
export async function dropTask(deps: Deps, id: FindingId): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const task = await liveTask(tx, id);
    if (task === null) return;
    const finishedAt = deps.clock.now();
    await moveTask(tx, task.id, ["queued"], {
      state: "cancelled",
      finishedAt,
      error: "the approval was taken back",
    });
  });
}

/** Asks again for the tasks of approved findings that have none: after a pause, or a crash in between. */
export async function planWaiting(deps: Deps): Promise<void> {
  for (const finding of await findingsIn(deps.db, ["approved"])) {
    if ((await liveTask(deps.db, finding.id)) !== null) continue;
    await deps.queue.send(deps.db, "task.plan", { finding: finding.id }, { key: String(finding.id) });
  }
}
