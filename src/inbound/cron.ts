import { Cron } from "croner";
import type { Embedded } from "../../db/embedded/database.ts";
import { tidy } from "../../db/embedded/tidy.ts";
import type { Context } from "../features/context.ts";
import { errorText } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";

/** The scheduler: scans and sweeps, under keys, so that what waits already is not enqueued again by another process. */
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

/** Once an hour, away from the hour's beginning, when people's own schedules begin. */
export function startTidying(embedded: Embedded, log: Log): { stop(): void } {
  return new Cron("23 * * * *", { protect: true }, async () => {
    const tables = await tidy(embedded).catch((error: unknown) => {
      log.warn({ error: errorText(error) }, "the embedded database could not be tidied");
      return [];
    });
    if (tables.length > 0) log.info({ tables }, "the embedded database was tidied");
  });
}
