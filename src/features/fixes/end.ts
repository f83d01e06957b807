import { and, eq, like } from "drizzle-orm";
import { reviewComments } from "../../../db/schema.ts";
import { type Actor, bot } from "../../kernel/actor.ts";
import { CONFLICT } from "../../kernel/remark-source.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import { escapeSlack } from "../../kernel/text/escape.ts";
import { redact } from "../../kernel/text/redact.ts";
import { record } from "../../platform/audit.ts";
import { count } from "../../platform/counters.ts";
import type { Context } from "../context.ts";
import { type Finding, nameOf } from "../findings/model.ts";
import { changeState, refreshCard } from "../findings/service.ts";
import { changeLabels, LABELS } from "../issues/labels.ts";
import { enqueueNote } from "../threads/notes.ts";
import type { FixResult } from "./model.ts";
import { overruleHint } from "./overrules.ts";
import { moveTask, type Task } from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock">;

/**
 * Ends a task without a patch: its finding fails (a first fix) or stays in review (a further round), and the thread
 * hears why.
 * @param end `by`: who ended it, where that was a person; `attempt`: whose end it is, which only the newest one has a say in
 */
export async function endTask(
  deps: Deps,
  task: Task,
  finding: Finding,
  end: {
    state: "failed" | "cancelled";
    error: string;
    result: FixResult | null;
    by?: Actor;
    attempt?: number;
  },
): Promise<void> {
  const actor = end.by ?? bot;
  const error = redact(clamp(end.error, 2000));
  const at = deps.clock.now();
  await deps.db.transaction(async (tx) => {
    const change = { state: end.state, error, result: end.result, finishedAt: at };
    const ended = await moveTask(tx, task.id, ["running", "publishing", "queued"], change, end.attempt);
    if (ended === null) return;
    await record(tx, {
      at,
      actor,
      action: `task.${end.state}`,
      finding: finding.id,
      detail: { task: task.id, error },
    });
    await count(tx, "action_failures_total", 1, "task");
    if (task.kind === "fix") {
      const detail = { task: task.id, error };
      const from = ["approved", "fixing"] as const;
      await changeState(deps, tx, {
        finding: finding.id,
        from,
        to: "failed",
        actor,
        why: error,
        detail,
      });
      await changeLabels(tx, deps.clock, finding.id, { remove: [LABELS.fixing, LABELS.approved] });
    }
    const stuck = end.state === "failed" && (await wasOnConflict(tx, task));
    if (stuck) await changeLabels(tx, deps.clock, finding.id, { add: [LABELS.blocked] });
    // the remarks it had taken up are open again
    await tx.update(reviewComments).set({ taskId: null }).where(eq(reviewComments.taskId, task.id));
    await refreshCard(deps, tx, finding.id);
    const what = task.kind === "fix" ? "The fix" : "The round on the review";
    await enqueueNote(tx, deps.clock, {
      finding: finding.id,
      key: `task:${task.id}:ended`,
      text: `:warning: ${what} ended without a change: ${escapeSlack(error)}${overruleHint(nameOf(finding), error)}${stuck ? conflictOptions(nameOf(finding)) : ""}`,
    });
  });
}

async function wasOnConflict(tx: Context["db"], task: Task): Promise<boolean> {
  const taken = await tx
    .select({ id: reviewComments.id })
    .from(reviewComments)
    .where(and(eq(reviewComments.taskId, task.id), like(reviewComments.source, `${CONFLICT}%`)));
  return taken.length > 0;
}

const conflictOptions = (name: string): string =>
  `\nThe pull request still conflicts with its base. A maintainer should decide: say how to settle it with \`address ${name} …\`, ` +
  "settle it on the branch (I leave it alone from then on), or close the pull request.";
