import { resolve } from "node:path";
import { type Database, openDatabase } from "../../db/client.ts";
import type { Context } from "../features/context.ts";
import { requeueRunning } from "../features/fixes/store.ts";
import { startTidying } from "../inbound/cron.ts";
import { dropLeases } from "../platform/lease.ts";
import { lockDataDir } from "../platform/lock.ts";
import { startBackground } from "./background.ts";
import { contextOf } from "./context.ts";
import { startDoor } from "./door.ts";
import { type AppOptions, type Stops, stopAll } from "./options.ts";
import { BackgroundThread } from "./thread.ts";

export type { AppOptions } from "./options.ts";

export interface App {
  context: Context;
  /** Address of the server; null for a worker alone. */
  url: string | null;
  /** Takes in nothing more, lets running work come to its end for at most `graceMs`, and closes all. */
  stop(graceMs: number): Promise<void>;
}

/** Puts the parts together and starts them; what was started is stopped in the other order. */
export async function startApp(options: AppOptions): Promise<App> {
  const stops: Stops = [];
  try {
    if (options.config.env.DATABASE_URL === undefined)
      stops.push(lockDataDir(resolve(options.config.env.DATA_DIR)));
    const thread = options.background === "thread" ? new BackgroundThread(endProcess(options)) : null;
    stops.push(() => thread?.end());
    const database = await openOwn(options, stops);
    let context: Context;
    if (thread === null) context = await startBackground(options, database, stops);
    else {
      context = await contextOf(options, database, stops, false);
      await thread.start(options, database.door());
      stops.push((graceMs) => thread.stop(graceMs));
    }
    const url = options.service ? await startDoor(context, database.people, stops) : null;
    return { context, url, stop: (graceMs) => stopAll(stops, graceMs) };
  } catch (error) {
    await stopAll(stops, 0);
    throw error;
  }
}

/** Without its background the service would take in what nobody works on; at the next start it is taken up. */
const endProcess = (options: AppOptions) => (why: string) => {
  options.log.error({ error: why }, "jobs cannot be worked on any more: the process ends, start it again");
  process.exit(1);
};

async function openOwn(options: AppOptions, stops: Stops): Promise<Database> {
  const { config, snapshot, log } = options;
  const url = config.env.DATABASE_URL ?? null;
  const dataDir = resolve(config.env.DATA_DIR);
  const image = snapshot === undefined ? {} : { snapshot };
  const database = options.database ?? (await openDatabase({ url, dataDir, ...image }));
  if (options.database === undefined) stops.push(() => database.close());
  if (url === null) await takeOver(database);
  if (database.pglite !== null) {
    const tidying = startTidying(database.pglite, log);
    stops.push(() => tidying.stop());
  }
  return database;
}

/** Alone on an embedded database: what a process that is gone had in hand is free again at once. */
async function takeOver({ db }: Database): Promise<void> {
  await requeueRunning(db);
  await dropLeases(db, "outbox:");
}
