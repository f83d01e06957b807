import type { Database } from "../../db/client.ts";
import type { Config } from "../config/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";

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
  /**
   * Where jobs, outbox, schedule and tasks run: beside the server, or in a thread of their own, so that nobody who asks
   * waits for them. The thread has the system's clock and logs to stderr.
   */
  background: "here" | "thread";
}

/** What the background is made of, wherever it runs. */
export type BackgroundOptions = Omit<AppOptions, "snapshot" | "database" | "background">;

/** How parts are stopped, in the order in which they were started; they end in the other order. */
export type Stops = ((graceMs: number) => Promise<void> | void)[];

/** Stops all parts, the last one first; running work gets `graceMs` to end. */
export async function stopAll(stops: Stops, graceMs: number): Promise<void> {
  for (const each of stops.splice(0).reverse()) await each(graceMs);
}
