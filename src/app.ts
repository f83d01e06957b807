import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Database, type Db, openDatabase } from "../db/client.ts";
import { type Config, publicUrl } from "./config/index.ts";
import type { Context } from "./features/context.ts";
import { failedTests } from "./features/failures/failed-tests.ts";
import { requeueRunning } from "./features/fixes/store.ts";
import type { Workplace } from "./features/fixes/work.ts";
import { startCron, startTidying } from "./inbound/cron.ts";
import { handlers } from "./inbound/jobs.ts";
import { startNodeWatch } from "./inbound/nodes.ts";
import { senders } from "./inbound/senders.ts";
import { buildServer } from "./inbound/server.ts";
import { startBolt } from "./inbound/slack/bolt.ts";
import { asksOnly } from "./inbound/slack/command.ts";
import { InboxReceiver } from "./inbound/slack/receiver.ts";
import { startSocket } from "./inbound/slack/socket.ts";
import { isWorthWork } from "./inbound/slack/worth.ts";
import { resumeDeliveries } from "./inbound/sweep.ts";
import { startWorker } from "./inbound/worker.ts";
import type { Clock } from "./kernel/clock.ts";
import type { Log } from "./kernel/log.ts";
import { loadPrompts } from "./kernel/prompt.ts";
import { detectSandbox, runtimeFrom } from "./outbound/sandbox/index.ts";
import { connectOutside } from "./outside.ts";
import { count } from "./platform/counters.ts";
import { dropLease, dropLeases } from "./platform/lease.ts";
import { lockDataDir, ownFolder } from "./platform/lock.ts";
import { runWriter } from "./platform/outbox/writer.ts";
import { startQueue } from "./platform/queue.ts";
import { Refusals } from "./platform/refusals.ts";

export interface AppOptions {
  config: Config;
  clock: Clock;
  log: Log;
  version: string;
  /** Takes in requests, sends what the outbox holds, works off jobs and schedules; else it is a worker alone. */
  service: boolean;
  /** Runs tasks as well; null for none. */
  worker: { labels: readonly string[]; capacity: number } | null;
  /** Where programs are looked for, and the folder of the person it runs as. */
  machine: { path: string; home: string | null; execPath: string };
  /** Least time between two writes, ms; GitHub asks for one second. */
  paceMs?: { github: number; slack: number };
  /** An image of an embedded database to begin with. */
  snapshot?: Blob;
  /** A database that is open already and outlives the process's parts; else one is opened and closed again. */
  database?: Database;
}

export interface App {
  context: Context;
  /** Address of the server; null for a worker alone. */
  url: string | null;
  /** Takes in nothing more, lets running work come to its end for at most `graceMs`, and closes all. */
  stop(graceMs: number): Promise<void>;
}

const DESTINATIONS = ["github", "slack"] as const;
const PACE = { github: 1000, slack: 500 };

/** Puts the parts together and starts them; what was started is stopped in the other order. */
export async function startApp(options: AppOptions): Promise<App> {
  const { config } = options;
  const dataDir = resolve(config.env.DATA_DIR);
  const url = config.env.DATABASE_URL ?? null;
  const stops: ((graceMs: number) => Promise<void> | void)[] = [];
  const stop = async (graceMs: number) => {
    for (const each of stops.splice(0).reverse()) await each(graceMs);
  };
  try {
    if (url === null) stops.push(lockDataDir(dataDir));
    const database = options.database ?? (await openDatabase({ url, dataDir, ...snapshotOf(options) }));
    if (options.database === undefined) stops.push(() => database.close());
    if (url === null) await takeOver(database);
    if (database.pglite !== null) {
      const tidying = startTidying(database.pglite, options.log);
      stops.push(() => tidying.stop());
    }
    // before the queue, which ends later: what is at work at the end still needs the folder
    const place = await workplace(options, dataDir, stops);
    const context = await contextOf(options, database, stops);
    const server = options.service
      ? await startService({ ...context, workDir: place.workDir }, database.people, options, stops)
      : null;
    if (options.worker !== null && place.sandbox !== null) {
      const ending = new AbortController();
      const deps = { ...context, ...place, sandbox: place.sandbox };
      const worker = await startWorker(deps, { ...options.worker, version: options.version }, ending.signal);
      stops.push(
        () => worker.stop(),
        () => ending.abort(new Error("the process is stopping")),
      );
    }
    return { context, url: server, stop };
  } catch (error) {
    await stop(0);
    throw error;
  }
}

/** Alone on an embedded database: what a process that is gone had in hand is free again at once. */
async function takeOver({ db }: Database): Promise<void> {
  await requeueRunning(db);
  await dropLeases(db, "outbox:");
}

const snapshotOf = (options: AppOptions) =>
  options.snapshot === undefined ? {} : { snapshot: options.snapshot };

async function contextOf(
  options: AppOptions,
  database: Database,
  stops: ((graceMs: number) => Promise<void> | void)[],
): Promise<Context> {
  const { config, clock, log } = options;
  const labelSets = config.file.repos.map((repo) => repo.labels);
  const queue = await startQueue(database, config.env.DATABASE_URL ?? null, labelSets, log);
  stops.push((graceMs) => queue.stop(graceMs));
  const prompts = loadPrompts(join(import.meta.dir, "../prompts"));
  return { db: database.db, queue, clock, log, config, prompts, ...connectOutside(config, clock, log) };
}

/** Folders and sandbox for tasks. Without a sandbox no task is run here, and the log says why. */
async function workplace(
  options: AppOptions,
  dataDir: string,
  stops: ((graceMs: number) => Promise<void> | void)[],
): Promise<Omit<Workplace, "sandbox"> & { sandbox: Workplace["sandbox"] | null }> {
  const { machine, log, config } = options;
  const worker = `worker-${crypto.randomUUID().slice(0, 8)}`;
  const artifactsDir = join(dataDir, "artifacts");
  // workers of one machine share the data folder, and one that was killed takes nothing with it
  const scratch = ownFolder(join(dataDir, "work"), worker, options.clock.now());
  stops.push(scratch.remove);
  mkdirSync(artifactsDir, { recursive: true });
  const hidden = machine.home === null ? [] : [machine.home];
  return {
    worker,
    workDir: scratch.dir,
    artifactsDir,
    sandbox: options.worker === null ? null : await sandboxOf(config, machine.path, log),
    runtime: runtimeFrom({ path: machine.path, execPath: machine.execPath, hidden }),
    failedTests,
  };
}

async function sandboxOf(config: Config, path: string, log: Log): Promise<Workplace["sandbox"] | null> {
  const { SANDBOX, SANDBOX_IMAGE } = config.env;
  const want = SANDBOX === "any" ? "auto" : SANDBOX;
  const image = SANDBOX_IMAGE === undefined ? {} : { image: SANDBOX_IMAGE };
  try {
    const { sandbox, passedOver } = await detectSandbox({
      path,
      want,
      allowNone: SANDBOX === "any",
      ...image,
    });
    if (sandbox.kind === "none")
      log.warn({ passedOver }, "tasks run without a sandbox: a stranger's code could do anything");
    return sandbox;
  } catch (error) {
    log.error({ error: String(error) }, "no task is run here");
    return null;
  }
}

async function startService(
  deps: Context & { workDir: string },
  people: Db,
  options: AppOptions,
  stops: ((graceMs: number) => Promise<void> | void)[],
): Promise<string> {
  const { config, clock, log } = options;
  const forPeople = { ...deps, db: people };
  const refusals = new Refusals(forPeople);
  const receiver = new InboxReceiver({ ...forPeople, asksOnly, isWorthWork, refusals });
  await startBolt(forPeople, receiver, refusals);
  await deps.queue.work(handlers(deps, receiver), () => count(deps.db, "action_failures_total", 1, "job"));
  const ending = new AbortController();
  const holder = crypto.randomUUID();
  const pace = options.paceMs ?? PACE;
  const kinds = senders(deps);
  const writers = DESTINATIONS.map((destination) => {
    const paceMs = pace[destination];
    const writer = {
      db: deps.db,
      clock,
      log,
      destination,
      senders: kinds,
      paceMs,
      readOnly: config.env.READ_ONLY,
      holder,
    };
    return runWriter(writer, ending.signal);
  });
  stops.push(async () => {
    ending.abort();
    await Promise.all(writers);
    for (const destination of DESTINATIONS) await dropLease(deps.db, `outbox:${destination}`, holder);
  });
  const cron = startCron(deps);
  stops.push(() => cron.stop());
  const watch = startNodeWatch(deps);
  stops.push(() => watch.stop());
  const { SLACK_APP_TOKEN: appToken, SLACK_API_URL: apiUrl, HOST, PORT } = config.env;
  if (appToken !== undefined) {
    const socket = await startSocket(receiver, { appToken, apiUrl, log });
    stops.push(() => socket.stop());
  }
  const server = Bun.serve({
    hostname: HOST,
    port: PORT,
    fetch: buildServer(deps, receiver, refusals).fetch,
    maxRequestBodySize: 128 * 1024 * 1024,
    idleTimeout: 60,
  });
  stops.push(() => server.stop(true));
  await deps.queue.send(deps.db, "sweep", {}, { key: "sweep" });
  // alone on the embedded database: nobody else is at work on what is open
  if (config.env.DATABASE_URL === undefined) await resumeDeliveries(deps, clock.now());
  const url = `http://${server.hostname}:${server.port}`;
  log.info({ url, console: publicUrl(config.env) }, "the service is up");
  return url;
}
