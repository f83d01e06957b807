import { bot } from "../../kernel/actor.ts";
import { record } from "../../platform/audit.ts";
import type { Context } from "../context.ts";
import { refreshCard } from "../findings/service.ts";
import { findingById } from "../findings/store.ts";
import { endTask } from "./end.ts";
import { runningTasks, type Task, updateAttempt } from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock">;

/** A worker says of its tasks that it is at them, so often, ms. */
export const BEAT_MS = 2000;
/** A task takes that many workers with it at the most: one that ends its workers would end them all. */
export const MOST_ATTEMPTS = 20;
const LOOKS = 5;

/**
 * Finds tasks whose worker is gone, and has another take them. What counts is whether a task's heartbeat moves from look
 * to look, never what time it says: workers' clocks differ, and may jump.
 */
export class SilenceWatch {
  private heard = new Map<string, { beat: number | null; still: number }>();

  /** @param silenceMs after so long a task goes to another. @returns how long to wait before the next look, ms. */
  static pauseMs(silenceMs: number): number {
    return silenceMs / LOOKS;
  }

  async look(deps: Deps): Promise<void> {
    const before = this.heard;
    // a look that fails says nothing about workers, who could not write either: it begins anew
    this.heard = new Map();
    const running = await runningTasks(deps.db);
    for (const task of running) {
      const key = `${task.id}/${task.attempt}`;
      const beat = task.heartbeatAt?.getTime() ?? null;
      const known = before.get(key);
      const still = known !== undefined && known.beat === beat ? known.still + 1 : 0;
      this.heard.set(key, { beat, still });
      if (still >= LOOKS) await takeFrom(deps, task);
    }
  }
}

async function takeFrom(deps: Deps, task: Task): Promise<void> {
  const why = `${task.worker} fell silent`;
  const finding = task.attempt < MOST_ATTEMPTS ? null : await findingById(deps.db, task.findingId);
  if (finding === null) await giveBack(deps, task, { why, job: true });
  else await giveUp(deps, task, finding, why);
}

/** Ends a task that no attempt brought to its end. */
export async function giveUp(
  deps: Deps,
  task: Task,
  finding: NonNullable<Awaited<ReturnType<typeof findingById>>>,
  why: string,
): Promise<void> {
  const error = `${task.attempt} attempts came to no end; the last one: ${why}`;
  await endTask(deps, task, finding, { state: "failed", error, result: null, attempt: task.attempt });
}

/**
 * Puts a running task back into its queue, unless a newer attempt has begun or it is over.
 * @param back.job whether a job is to be made for it; not where the one at hand comes again.
 */
export async function giveBack(deps: Deps, task: Task, back: { why: string; job: boolean }): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const free = {
      state: "queued",
      worker: null,
      phase: null,
      detail: null,
      done: null,
      total: null,
    } as const;
    if (!(await updateAttempt(tx, task, free))) return;
    await record(tx, {
      at: deps.clock.now(),
      actor: bot,
      action: "task.lost",
      finding: task.findingId,
      detail: { task: task.id, attempt: task.attempt, worker: task.worker, why: back.why },
    });
    if (back.job) await deps.queue.sendTask(tx, { task: task.id }, task.labels, { begun: true });
    await refreshCard(deps, tx, task.findingId);
  });
}
