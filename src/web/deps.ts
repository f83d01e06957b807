import type { Db } from "../../db/client.ts";
import type { Config } from "../config/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";

/** What the pages and the read API need. */
export interface ReadDeps {
  db: Db;
  clock: Clock;
  config: Config;
  log: Log;
}

/** What a person may set off from a page; there is nothing yet. */
export type ConsoleActions = Readonly<Record<never, never>>;

export interface ConsoleDeps extends ReadDeps {
  actions: ConsoleActions;
}
