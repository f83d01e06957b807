import type { Database } from "../../db/client.ts";
import type { Context } from "../features/context.ts";
import { startCron } from "../inbound/cron.ts";
import { handlers } from "../inbound/jobs.ts";
import { startNodeWatch } from "../inbound/nodes.ts";
import { senders } from "../inbound/senders.ts";
import { startBolt } from "../inbound/slack/bolt.ts";
import { InboxReceiver } from "../inbound/slack/receiver.ts";
import { resumeDeliveries } from "../inbound/sweep.ts";
import { startWorker } from "../inbound/worker.ts";
import { count } from "../platform/counters.ts";
import { dropLease } from "../platform/lease.ts";
import { runWriter } from "../platform/outbox/writer.ts";
import { Refusals } from "../platform/refusals.ts";
import { contextOf } from "./context.ts";
import type { BackgroundOptions, Stops } from "./options.ts";
import { workplace } from "./workplace.ts";

const DESTINATIONS = ["github", "slack"] as const;
const PACE = { github: 1000, slack: 500 };

/** Starts what nobody waits for: jobs, outbox and schedule of a service, and the tasks of a worker. */
export async function startBackground(
  options: BackgroundOptions,
  database: Database,
  stops: Stops,
): Promise<Context> {
  // before the queue, which ends later: what is at work at the end still needs the folder
  const place = await workplace(options, stops);
  const context = await contextOf(options, database, stops, true);
  if (options.service) await startJobs({ ...context, workDir: place.workDir }, options, stops);
  if (options.worker !== null && place.sandbox !== null) {
    const ending = new AbortController();
    const deps = { ...context, ...place, sandbox: place.sandbox };
    const worker = await startWorker(deps, { ...options.worker, version: options.version }, ending.signal);
    stops.push(
      () => worker.stop(),
      () => ending.abort(new Error("the process is stopping")),
    );
  }
  return context;
}

async function startJobs(
  deps: Context & { workDir: string },
  options: BackgroundOptions,
  stops: Stops,
): Promise<void> {
  const receiver = new InboxReceiver(deps);
  await startBolt(deps, receiver, new Refusals(deps));
  await deps.queue.work(handlers(deps, receiver), () => count(deps.db, "action_failures_total", 1, "job"));
  startWriters(deps, options.paceMs ?? PACE, stops);
  const cron = startCron(deps);
  stops.push(() => cron.stop());
  const watch = startNodeWatch(deps);
  stops.push(() => watch.stop());
  await deps.queue.send(deps.db, "sweep", {}, { key: "sweep" });
  // alone on the embedded database: nobody else is at work on what is open
  if (deps.config.env.DATABASE_URL === undefined) await resumeDeliveries(deps, deps.clock.now());
}

function startWriters(
  deps: Context,
  pace: Record<(typeof DESTINATIONS)[number], number>,
  stops: Stops,
): void {
  const { db, clock, log, config } = deps;
  const ending = new AbortController();
  const holder = crypto.randomUUID();
  const kinds = senders(deps);
  const shared = { db, clock, log, senders: kinds, readOnly: config.env.READ_ONLY, holder };
  const writers = DESTINATIONS.map((destination) =>
    runWriter({ ...shared, destination, paceMs: pace[destination] }, ending.signal),
  );
  stops.push(async () => {
    ending.abort();
    await Promise.all(writers);
    for (const destination of DESTINATIONS) await dropLease(db, `outbox:${destination}`, holder);
  });
}
