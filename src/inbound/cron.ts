import { Cron } from "croner";
import type { Context } from "../features/context.ts";
import { errorText } from "../kernel/errors.ts";

/** The scheduler: scans and sweeps, each slot with a key of its own, so that two processes enqueue it once. */
export function startCron(deps: Context): { stop(): void } {
  const { schedule, repos } = deps.config.file;
  const guard = (work: () => Promise<void>) => () =>
    work().catch((error: unknown) =>
      deps.log.warn({ error: errorText(error) }, "scheduled work could not be enqueued"),
    );
  const scan = new Cron(
    schedule.scan,
    { protect: true },
    guard(async () => {
      for (const { source } of repos) {
        await deps.queue.send(deps.db, "scan.sweep", { repo: source, since: null }, { key: source });
      }
    }),
  );
  const sweep = new Cron(
    schedule.sweep,
    { protect: true },
    guard(() => deps.queue.send(deps.db, "sweep", {}, { key: "sweep" })),
  );
  return {
    stop: () => {
      scan.stop();
      sweep.stop();
    },
  };
}
