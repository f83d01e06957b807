import { hostname } from "node:os";
import type { Context } from "../features/context.ts";
import { noteWorker } from "../features/fixes/store.ts";
import { SilenceWatch } from "../features/fixes/take-over.ts";
import { type Workplace, workTask } from "../features/fixes/work.ts";
import { SECOND } from "../kernel/clock.ts";
import { errorText } from "../kernel/errors.ts";

export interface WorkerOptions {
  labels: readonly string[];
  /** Tasks at once. */
  capacity: number;
  version: string;
}

const BEAT_MS = 10_000;

/**
 * Pulls tasks from every label set it covers, shows itself alive, and puts back the tasks of workers that are not.
 * @returns how to stop it from taking more.
 */
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
  const watch = watchOthers(deps);
  await deps.queue.workTasks(options.labels, options.capacity, ({ task }, jobSignal) =>
    workTask(deps, task, AbortSignal.any([signal, jobSignal])),
  );
  return {
    stop: async () => {
      clearInterval(beat);
      clearInterval(watch);
      await show(deps.clock.now()).catch(() => {});
    },
  };
}

/** Every worker looks after the others: where none is left, nobody could take their tasks anyway. */
function watchOthers(deps: Context): ReturnType<typeof setInterval> {
  const watch = new SilenceWatch();
  let looking = false;
  const look = async () => {
    if (looking) return;
    looking = true;
    await watch
      .look(deps)
      .catch((error: unknown) => deps.log.warn({ error: errorText(error) }, "could not look after workers"));
    looking = false;
  };
  const silenceMs = deps.config.file.limits.worker_silence_seconds * SECOND;
  return setInterval(() => void look(), SilenceWatch.pauseMs(silenceMs));
}
