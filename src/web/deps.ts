import type { Db } from "../../db/client.ts";
import type { Config } from "../config/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Login, RepoName, TaskId } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import type { FileLines } from "../platform/file-lines.ts";
import type { Identity } from "../ports/identity.ts";

/** What the pages and the read API need. */
export interface ReadDeps {
  db: Db;
  clock: Clock;
  config: Config;
  log: Log;
}

/** What came of something a person set off: Markdown, and whether it was done. */
export interface Said {
  ok: boolean;
  text: string;
}

/** What a person may set off from a page: the same commands with the same rights as anywhere else. */
export interface ConsoleActions {
  /** Proves who somebody is on GitHub; null where nobody can. */
  identity: Identity | null;
  /** Runs a command's words as a person, who is taken to be in these repositories. */
  run(login: Login, typed: string, repos: readonly RepoName[]): Promise<Said>;
  /** Whether a login is one of us, who may read where pages are not open. */
  mayRead(login: Login): Promise<boolean>;
  /**
   * Steps of a task's log that end before a byte of it (null: the last ones), as lines of JSON; null where this machine
   * does not have the log.
   */
  steps(task: TaskId, before: number | null): Promise<FileLines | null>;
}

export interface ConsoleDeps extends ReadDeps {
  actions: ConsoleActions;
}
