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

/** A login, and the forge that it was proven on. */
export interface Proven {
  login: Login;
  forge: string;
}

/** What a person may set off from a page: the same commands with the same rights as anywhere else. */
export interface ConsoleActions {
  /** Proves who somebody is on the forge; null where nobody can. */
  identity: Identity | null;
  /** What people call the forge that a repository lives on. */
  forgeName(repo: RepoName): string;
  /** Runs a command's words as a person, who is taken to be in these repositories. */
  run(person: Proven, typed: string, repos: readonly RepoName[]): Promise<Said>;
  /** Whether somebody is one of us, who may read where pages are not open. */
  mayRead(person: Proven): Promise<boolean>;
  /** What Slack calls whoever asked to be linked by the page of this token; null where none waits. */
  linkAsker(token: string): Promise<string | null>;
  /** Links them to who signed in. @returns what came of it, as Markdown; null where none waits. */
  link(token: string, person: Proven): Promise<string | null>;
  /**
   * Steps of a task's log that end before a byte of it (null: the last ones), as lines of JSON; null where this machine
   * does not have the log.
   */
  steps(task: TaskId, before: number | null): Promise<FileLines | null>;
}

export interface ConsoleDeps extends ReadDeps {
  actions: ConsoleActions;
}
