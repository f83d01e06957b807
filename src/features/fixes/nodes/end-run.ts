import { bot } from "../../../kernel/actor.ts";
import { record } from "../../../platform/audit.ts";
import type { Context } from "../../context.ts";
import { findingById } from "../../findings/store.ts";
import { endTask } from "../end.ts";
import { taskById, updateAttempt } from "../store.ts";
import { closeRun } from "./credential.ts";
import { lostRuns, type NodeRun } from "./store.ts";

/** Runs that may be lost before the task is given up. */
const MOST_RUNS = 3;

/** Ends a run that brought nothing: its task is offered anew, and fails after three of them. */
export async function endRun(deps: Context, run: NodeRun, why: string): Promise<void> {
  const at = deps.clock.now();
  await deps.db.transaction(async (tx) => {
    if (!(await closeRun(deps, tx, run, { state: "ended", why, endedAt: at }))) return;
    const task = await taskById(tx, run.taskId);
    const finding = task === null ? null : await findingById(tx, task.findingId);
    if (task === null || finding === null) return;
    if (task.state !== "running" || task.attempt !== run.attempt) return;
    const detail = { task: task.id, attempt: run.attempt, node: run.node, why };
    await record(tx, { at, actor: bot, action: "task.lost", finding: finding.id, detail });
    if ((await lostRuns(tx, task.id)) >= MOST_RUNS) {
      const error = `${MOST_RUNS} tries on nodes brought nothing; the last one: ${why}`;
      return endTask({ ...deps, db: tx }, task, finding, { state: "failed", error, result: null });
    }
    const free = { state: "queued", worker: null, phase: null, detail: null } as const;
    if (await updateAttempt(tx, { id: run.taskId, attempt: run.attempt }, free))
      await deps.queue.send(tx, "task.dispatch", { task: task.id }, { key: task.id });
  });
}
