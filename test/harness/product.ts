import { type Database, type Db, openDatabase } from "../../db/client.ts";
import { type App, startApp } from "../../src/app/index.ts";
import { loadConfig } from "../../src/config/index.ts";
import type { Context } from "../../src/features/context.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import type { Log } from "../../src/kernel/log.ts";
import type { Fresh } from "./database.ts";
import { freePort } from "./postgres.ts";

export interface ProductOptions {
  /** The playground's variables, and what differs. */
  env: Record<string, string>;
  worker: boolean;
  database: Fresh;
  clock: Clock;
}

const KEPT_LINES = 200;

/** A product that a world can start and stop. */
export interface Product {
  readonly url: string;
  /** What it logged last. */
  readonly lines: readonly string[];
  /** Its database, where one can look into it; null else. */
  readonly db: Db | null;
  /** What it works with, where that can be used; null else. */
  readonly context: Context | null;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Stops it for good. */
  end(): Promise<void>;
}

/** The product in this process, on its real servers and database. */
export class OwnProduct implements Product {
  readonly url: string;
  readonly lines: string[] = [];
  private readonly port = freePort();
  private app: App | null = null;
  /** The embedded database lies in memory and outlives a restart; on disk, a fifth of a test's time would be its files. */
  private embedded: Database | null = null;

  constructor(private readonly options: ProductOptions) {
    this.url = `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const { env, worker, database, clock } = this.options;
    if ("snapshot" in database)
      this.embedded ??= await openDatabase({ url: null, dataDir: "memory://", snapshot: database.snapshot });
    const config = loadConfig(
      {
        ...env,
        PORT: String(this.port),
        SANDBOX: "none",
        LOG_LEVEL: "silent",
        ...("url" in database ? { DATABASE_URL: database.url } : {}),
      },
      "service",
    );
    this.app = await startApp({
      config,
      clock,
      log: this.log({}),
      version: "0.0.0-test",
      service: true,
      worker: worker ? { labels: [], capacity: 1 } : null,
      machine: { path: process.env.PATH ?? "", home: null, execPath: process.execPath },
      paceMs: { github: 0, slack: 0 },
      background: "here",
      ...(this.embedded === null ? {} : { database: this.embedded }),
    });
  }

  get context(): Context | null {
    return this.app?.context ?? null;
  }

  get db(): Db | null {
    return this.context?.db ?? null;
  }

  /** Enqueues a sweep, as the schedule would. */
  async sweep(): Promise<void> {
    const context = this.app?.context;
    await context?.queue.send(context.db, "sweep", {}, { key: "sweep" });
  }

  /** Enqueues a scan of all repositories, as the schedule would. */
  async scan(): Promise<void> {
    const context = this.app?.context;
    for (const { source } of context?.config.file.repos ?? [])
      await context?.queue.send(context.db, "scan.sweep", { repo: source, since: null }, { key: source });
  }

  async stop(): Promise<void> {
    const app = this.app;
    this.app = null;
    await app?.stop(5000);
  }

  async end(): Promise<void> {
    await this.stop();
    await this.embedded?.close();
    this.embedded = null;
  }

  private log(bound: object): Log {
    const write = (level: string) => (fields: object, message: string) => {
      this.lines.push(`${level} ${message} ${JSON.stringify({ ...bound, ...fields })}`);
      this.lines.splice(0, Math.max(0, this.lines.length - KEPT_LINES));
    };
    return {
      debug: () => {},
      info: write("info"),
      warn: write("warn"),
      error: write("error"),
      child: (fields) => this.log({ ...bound, ...fields }),
    };
  }
}
