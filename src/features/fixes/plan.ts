import { and, eq } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { pulls } from "../../../db/schema.ts";
import { repoConfig } from "../../config/index.ts";
import { bot } from "../../kernel/actor.ts";
import { type FindingId, TaskId } from "../../kernel/ids.ts";
import { disarm, escapeSlack } from "../../kernel/text/escape.ts";
import { plural } from "../../kernel/text/figures.ts";
import { record } from "../../platform/audit.ts";
import { readPause } from "../../platform/pause.ts";
import { readAnother } from "../approvals/approve.ts";
import { type Approval, revokeApprovals, standingApproval, useApproval } from "../approvals/store.ts";
import type { Context } from "../context.ts";
import { wordsOf } from "../findings/kinds.ts";
import type { Finding } from "../findings/model.ts";
import { changeState, refreshCard } from "../findings/service.ts";
import { findingById, findingsIn } from "../findings/store.ts";
import { fingerprintsOf } from "../flakes/store.ts";
import { enqueueComment, noteSenderKind } from "../issues/comments.ts";
import { changeLabels, LABELS } from "../issues/labels.ts";
import { issueOf } from "../issues/store.ts";
import { enqueueNote } from "../threads/notes.ts";
import { nodesFor } from "./nodes/choose.ts";
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
    if (readAnother(approval, await issueOf(tx, id))) return askAgain(deps, tx, finding, approval);
    if (await tooManyOpen(deps, tx, finding)) return;
    const added = await queueTask(deps, tx, finding, {
      kind: "fix",
      by: approval.login,
      note: approval.note,
    });
    if (added !== null) await useApproval(tx, approval.id, now);
  });
}

/** Reviewers' time is what is scarce: above the limit a fix waits until one of ours is merged or closed. */
async function tooManyOpen(deps: Deps, tx: Db, finding: Finding): Promise<boolean> {
  const { open_pulls: most } = deps.config.file.limits;
  const repo = repoConfig(deps.config, finding.repo)?.write ?? finding.repo;
  const open = await tx.$count(pulls, and(eq(pulls.repo, repo), eq(pulls.state, "open")));
  if (open < most) return false;
  await enqueueNote(tx, deps.clock, {
    finding: finding.id,
    key: `crowded:F${finding.id}:${finding.reopened}`,
    text: `:hourglass: The fix waits: ${plural(open, "pull request")} of mine ${open === 1 ? "is" : "are"} open in this repository, which is the limit. It begins when one is merged or closed.`,
  });
  return true;
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
  if (ask.kind === "fix" && nodesFor(deps.config, labels).length > 0)
    await deps.queue.send(tx, "task.dispatch", { task: id }, { key: id });
  else await deps.queue.sendTask(tx, { task: id }, labels);
  const detail = { task: id, kind: ask.kind, by: ask.by };
  await record(tx, { at, actor: bot, action: "task.queued", finding: finding.id, detail });
  await refreshCard(deps, tx, finding.id);
  return id;
}

async function expire(deps: Deps, tx: Db, finding: Finding): Promise<void> {
  const days = deps.config.file.limits.approval_days;
  await unapprove(deps, tx, finding, {
    why: "the approval expired",
    text: `:hourglass: The approval is older than ${days} days and counts no more. Approve again to start the fix.`,
  });
}

/** A yes is for the analysis that was read: once that says something else nothing is begun, and it is asked for anew. */
export async function askAgain(deps: Deps, tx: Db, finding: Finding, approval: Approval): Promise<void> {
  const issue = await issueOf(tx, finding.id);
  const asked = await unapprove(deps, tx, finding, {
    why: `the analysis that ${approval.login} approved was changed`,
    text:
      `:arrows_counterclockwise: *${escapeSlack(approval.login)}* said yes to version ${approval.analysisVersion} of the ` +
      `analysis; by now it names another cause (version ${issue?.analysisVersion ?? 0}), so nothing is started. Read ` +
      `${issue === null ? "it" : `<${issue.url}|it>`}, and approve again if the fix is still wanted.`,
  });
  if (!asked || issue === null || approval.via !== "github") return;
  await enqueueComment(tx, deps.clock, {
    kind: noteSenderKind,
    key: `again:${approval.id}`,
    repo: issue.repo,
    number: issue.number,
    body:
      `The approval of ${disarm(approval.login)} was for version ${approval.analysisVersion} of the analysis. By now it ` +
      `names another cause, so nothing is started; \`/flaky approve\` approves what it says now.`,
    finding: finding.id,
  });
}

/** Puts an approved finding back to `open`, with all that stood for the yes. @returns false when it is not approved. */
async function unapprove(
  deps: Deps,
  tx: Db,
  finding: Finding,
  because: { why: string; text: string },
): Promise<boolean> {
  const { why, text } = because;
  const change = { finding: finding.id, from: ["approved"], to: "open", actor: bot, why } as const;
  if ((await changeState(deps, tx, change)) === null) return false;
  const now = deps.clock.now();
  await revokeApprovals(tx, finding.id, now);
  await changeLabels(tx, deps.clock, finding.id, { remove: [LABELS.approved] });
  await deps.queue.send(tx, "task.drop", { finding: finding.id }, { key: String(finding.id) });
  await enqueueNote(tx, deps.clock, {
    finding: finding.id,
    key: `unapproved:F${finding.id}:${now.getTime()}`,
    text,
  });
  return true;
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
      error: "the approval stands no more",
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
