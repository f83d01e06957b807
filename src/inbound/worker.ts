import { hostname } from "node:os";
import type { Context } from "../features/context.ts";
import { noteWorker } from "../features/fixes/store.ts";
import { type Workplace, workTask } from "../features/fixes/work.ts";
import { errorText } from "../kernel/errors.ts";

export interface WorkerOptions {
  labels: readonly string[];
  /** Tasks at once. */
  capacity: number;
  version: string;
}

const BEAT_MS = 10_000;

/** Pulls tasks from every label set it covers and shows itself alive. @returns how to stop it from taking more. */
export async function startWorker(
  deps: Context & Workplace,
  options: WorkerOptions,
  signal: AbortSignal,
): Promise<{ stop(): Promise<void> }> {
  const startedAt = deps.clock.now();
  const show = (stoppedAt: Date | null) =>
    noteWorker(deps.db, {
      id: deps.worker,
      host: hostname(),
      version: options.version,
      labels: [...options.labels],
      capacity: options.capacity,
      sandbox: deps.sandbox.kind,
      startedAt,
      seenAt: deps.clock.now(),
      stoppedAt,
    });
  await show(null);
  const beat = setInterval(() => {
    show(null).catch((error: unknown) => deps.log.warn({ error: errorText(error) }, "heartbeat failed"));
  }, BEAT_MS);
  await deps.queue.workTasks(options.labels, options.capacity, ({ task }, jobSignal) =>
    workTask(deps, task, AbortSignal.any([signal, jobSignal])),
  );
  return {
    stop: async () => {
      clearInterval(beat);
      await show(deps.clock.now()).catch(() => {});
    },
  };
}
