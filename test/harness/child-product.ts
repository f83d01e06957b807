import { join } from "node:path";
import { putChild } from "./child-bundle.ts";
import { type Fresh, fillDataDir } from "./database.ts";
import { FRUGAL } from "./frugal.ts";
import { freePort } from "./postgres.ts";
import type { Product } from "./product.ts";
import { until } from "./until.ts";

const KEPT_LINES = 100;

/** The product as a process of its own, so that it can be killed. */
export class ChildProduct implements Product {
  readonly url: string;
  readonly lines: string[] = [];
  readonly db = null;
  readonly context = null;
  private readonly port = freePort();
  private child: Bun.Subprocess<"ignore", "ignore", "pipe"> | null = null;
  private program: Promise<string> | null = null;

  /** @param options.worker whether it runs tasks itself. */
  constructor(private readonly options: { env: Record<string, string>; database: Fresh; worker: boolean }) {
    this.url = `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const { env, database, worker } = this.options;
    const program = await this.prepared();
    const child = Bun.spawn([process.execPath, program], {
      env: {
        ...FRUGAL,
        ...env,
        PATH: process.env.PATH ?? "",
        PORT: String(this.port),
        SANDBOX: "none",
        LOG_LEVEL: "warn",
        TEST_WORKER: worker ? "1" : "",
        BUN_RUNTIME_TRANSPILER_CACHE_PATH: join(program, "../transpiled"),
        ...("url" in database ? { DATABASE_URL: database.url } : {}),
      },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    this.child = child;
    void this.keep(child.stderr);
    const ready = async () => {
      if (child.exitCode !== null)
        throw new Error(`the product ended at its start: ${this.lines.join("\n")}`);
      return (await fetch(`${this.url}/readyz`).catch(() => null))?.ok === true;
    };
    await until("the product is ready", ready, { open: () => this.lines.slice(-5).join("\n") });
  }

  /** Asks it to stop and waits until it has. */
  async stop(): Promise<void> {
    this.child?.kill("SIGTERM");
    await this.child?.exited;
    this.child = null;
  }

  end(): Promise<void> {
    return this.stop();
  }

  /** Ends it at once, as a power cut does. */
  async kill(): Promise<void> {
    this.child?.kill("SIGKILL");
    await this.child?.exited;
    this.child = null;
  }

  /** Lays out what it needs before its first start. @returns the program's path. */
  private prepared(): Promise<string> {
    const { env, database } = this.options;
    const dataDir = env.DATA_DIR ?? "";
    const prepare = async () => {
      if ("snapshot" in database) await fillDataDir(dataDir);
      return putChild(join(dataDir, "program"));
    };
    this.program ??= prepare();
    return this.program;
  }

  private async keep(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      this.lines.push(...decoder.decode(chunk, { stream: true }).split("\n").filter(Boolean));
      this.lines.splice(0, Math.max(0, this.lines.length - KEPT_LINES));
    }
  }
}
