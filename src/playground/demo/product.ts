import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";

const Finding = z.looseObject({
  number: z.int(),
  state: z.string(),
  test: z.string(),
  issue: z.int().nullable(),
  pull: z.int().nullable(),
  held_at: z.string().nullable(),
});
const History = z.looseObject({ history: z.array(z.object({ state: z.string() })) });
export type SeenFinding = z.infer<typeof Finding>;

interface Options {
  clock: Clock;
  dir: string;
  execPath: string;
}

const MAIN = join(import.meta.dir, "../../main.ts");
const KEEP_LINES = 15;

/** The product as a process of its own, started as anybody would: `start`, in the playground's environment. */
export class Product {
  url = "http://127.0.0.1:0";
  private child: Bun.Subprocess<"ignore", "ignore", "pipe"> | null = null;
  private readonly lines: string[] = [];
  private variables: Record<string, string> = {};

  constructor(private readonly options: Options) {}

  async start(variables: Record<string, string>): Promise<void> {
    const port = freePort();
    this.url = `http://127.0.0.1:${port}`;
    this.variables = { ...variables, PORT: String(port) };
    this.child = Bun.spawn([this.options.execPath, MAIN, "start"], {
      env: this.variables,
      cwd: this.options.dir,
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    void this.keepLog(this.child.stderr);
    await this.ready();
  }

  async stop(): Promise<void> {
    this.child?.kill("SIGTERM");
    const ended = this.child?.exited ?? Promise.resolve(0);
    const late = this.options.clock.sleep(15_000).then(() => this.child?.kill("SIGKILL"));
    await Promise.race([ended, late]);
  }

  /** @throws when the process has ended, which nobody asked it to. */
  mustLive(): void {
    if (this.child !== null && this.child.exitCode !== null)
      throw new Error("the product ended in the middle of the story");
  }

  /** What it said last, for when something went wrong. */
  lastWords(): string {
    return this.lines.length === 0 ? "" : `The product's last lines:\n${this.lines.join("\n")}`;
  }

  async findings(): Promise<SeenFinding[]> {
    const body = z.object({ findings: z.array(Finding) }).parse(await this.get("/api/v1/findings"));
    return body.findings;
  }

  async finding(number: number): Promise<SeenFinding> {
    const found = (await this.findings()).find((one) => one.number === number);
    if (found === undefined) throw new Error(`finding F${number} is gone`);
    return found;
  }

  /** The states that a finding came through, as the product's own records have them. */
  async states(number: number): Promise<string[]> {
    const { history } = History.parse(await this.get(`/api/v1/findings/F${number}`));
    return history.map((entry) => entry.state);
  }

  /** Tells of a deployment, as a CI does at its end. */
  async deployed(commit: string): Promise<void> {
    const response = await fetch(`${this.url}/webhooks/deployment`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-webhook-secret": this.variables.DEPLOY_WEBHOOK_SECRET ?? "",
      },
      body: JSON.stringify({ project_id: "orchard", commit, status: "success", environment: "production" }),
    });
    if (response.status !== 202) throw new Error(`the deployment webhook answered ${response.status}`);
  }

  private async get(path: string): Promise<unknown> {
    const headers = { authorization: `Bearer ${this.variables.API_TOKEN}` };
    const response = await fetch(`${this.url}${path}`, { headers });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return response.json();
  }

  private async ready(): Promise<void> {
    for (let tries = 0; tries < 600; tries += 1) {
      if (this.child?.exitCode !== null && this.child !== null)
        throw new Error("the product ended at its start");
      const response = await fetch(`${this.url}/readyz`).catch(() => null);
      if (response?.ok === true) return;
      await this.options.clock.sleep(100);
    }
    throw new Error("the product was not ready within a minute");
  }

  private async keepLog(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      const text = decoder.decode(chunk, { stream: true });
      await appendFile(join(this.options.dir, "product.log"), text);
      this.lines.push(...text.split("\n").filter(Boolean));
      this.lines.splice(0, Math.max(0, this.lines.length - KEEP_LINES));
    }
  }
}

/** A port that nobody listens on now. */
function freePort(): number {
  const probe = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const port = probe.port ?? 0;
  void probe.stop(true);
  return port;
}
