import { type App, startApp } from "../../src/app.ts";
import { loadConfig } from "../../src/config/index.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import type { Log } from "../../src/kernel/log.ts";
import { type Fresh, freshDatabase } from "./database.ts";
import { freePort } from "./postgres.ts";

export interface ProductOptions {
  /** The playground's variables, and what differs. */
  env: Record<string, string>;
  worker: boolean;
  database: Fresh;
}

const KEPT_LINES = 200;

/** The product in this process, on its real servers and database. */
export class Product {
  readonly url: string;
  /** What it logged last, as `level message fields`. */
  readonly lines: string[] = [];
  private readonly port = freePort();
  private app: App | null = null;
  private fresh: Fresh | null;

  constructor(private readonly options: ProductOptions) {
    this.url = `http://127.0.0.1:${this.port}`;
    this.fresh = options.database;
  }

  async start(): Promise<void> {
    const { env, worker, database } = this.options;
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
      clock: systemClock,
      log: this.log({}),
      version: "0.0.0-test",
      service: true,
      worker: worker ? { labels: [], capacity: 1 } : null,
      machine: { path: process.env.PATH ?? "", home: null, execPath: process.execPath },
      paceMs: { github: 0, slack: 0 },
      ...(this.fresh !== null && "snapshot" in this.fresh ? { snapshot: this.fresh.snapshot } : {}),
    });
    this.fresh = null;
  }

  /** @throws when it does not run. */
  get running(): App {
    if (this.app === null) throw new Error("the product does not run");
    return this.app;
  }

  async stop(): Promise<void> {
    const app = this.app;
    this.app = null;
    await app?.stop(5000);
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

export const startProduct = async (
  options: Omit<ProductOptions, "database"> & { kind: "pglite" | "postgres" },
) => {
  const product = new Product({ ...options, database: await freshDatabase(options.kind) });
  await product.start();
  return product;
};
