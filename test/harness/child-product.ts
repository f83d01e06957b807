import { join } from "node:path";
import type { Fresh } from "./database.ts";
import { imagePath } from "./database.ts";
import { FRUGAL } from "./frugal.ts";
import { freePort } from "./postgres.ts";
import type { Product } from "./product.ts";
import { until } from "./until.ts";

const MAIN = join(import.meta.dir, "child.ts");
const KEPT_LINES = 100;

/** The product as a process of its own, so that it can be killed. */
export class ChildProduct implements Product {
  readonly url: string;
  readonly lines: string[] = [];
  readonly db = null;
  readonly context = null;
  private readonly port = freePort();
  private child: Bun.Subprocess<"ignore", "ignore", "pipe"> | null = null;
  private fresh = true;

  /** @param options.worker whether it runs tasks itself. */
  constructor(private readonly options: { env: Record<string, string>; database: Fresh; worker: boolean }) {
    this.url = `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const { env, database, worker } = this.options;
    const image: Record<string, string> = this.fresh ? { TEST_SNAPSHOT: imagePath() } : {};
    const child = Bun.spawn([process.execPath, MAIN], {
      env: {
        ...FRUGAL,
        ...env,
        PATH: process.env.PATH ?? "",
        PORT: String(this.port),
        SANDBOX: "none",
        TEST_WORKER: worker ? "1" : "",
        ...("url" in database ? { DATABASE_URL: database.url } : image),
      },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    this.child = child;
    this.fresh = false;
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

  private async keep(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      this.lines.push(...decoder.decode(chunk, { stream: true }).split("\n").filter(Boolean));
      this.lines.splice(0, Math.max(0, this.lines.length - KEPT_LINES));
    }
  }
}
