import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failedTests } from "../../src/features/failures/failed-tests.ts";
import { Order } from "../../src/features/fixes/nodes/order.ts";
import { nodeServer } from "../../src/inbound/node/server.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import { silentLog } from "../../src/kernel/log.ts";
import { loadPrompts } from "../../src/kernel/prompt.ts";
import { sign } from "../../src/kernel/signature.ts";
import { createGit } from "../../src/outbound/git/index.ts";
import { createModel } from "../../src/outbound/openai/index.ts";
import { detectSandbox, runtimeFrom } from "../../src/outbound/sandbox/index.ts";

export const NODE_SECRET = "shared-with-the-nodes";
type Answer = (request: Request) => Response | Promise<Response>;
const gone: Answer = () => new Response("", { status: 503 });

/** An order with fewer runs: what the node proves to itself is proven again by the service, which is what tests look at. */
async function quicker(request: Request): Promise<Request> {
  const { method, url } = request;
  const path = new URL(url).pathname;
  if (path !== "/process-issue") return request;
  const order = Order.parse(await request.json());
  const body = JSON.stringify({ ...order, fix: { ...order.fix, prove: { runs: 1 } } });
  const headers = new Headers(request.headers);
  const time = headers.get("x-node-time") ?? "";
  headers.set("x-node-signature", sign(NODE_SECRET, { time, method, path, body }));
  return new Request(url, { method, headers, body });
}

/** A node that a test can have be away, take tasks and do nothing, or really work. */
export class TestNode {
  /** What it was given, in order. */
  readonly orders: Order[] = [];
  /** Bodies of its reports, in order. */
  readonly reports: string[] = [];
  private answer = gone;
  private readonly dir = mkdtempSync(join(tmpdir(), "flaky-node-"));
  private readonly ending = new AbortController();
  private readonly server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request) => {
      const copy = request.clone();
      if (this.answer !== gone && new URL(request.url).pathname === "/process-issue")
        this.orders.push(Order.parse(await copy.json()));
      return this.answer(request);
    },
  });
  readonly url = `http://127.0.0.1:${this.server.port}`;

  away(): void {
    this.answer = gone;
  }

  /** Takes every task, and knows nothing of any later. */
  forgets(): void {
    const health = { version: "0.0.0-test", sandbox: "none", capacity: 1, tasks: [] };
    this.answer = ({ method }) => Response.json(health, { status: method === "GET" ? 200 : 202 });
  }

  /** The product's own node, with the playground's model. */
  async works(clock: Clock, env: Record<string, string | undefined>): Promise<void> {
    const { sandbox } = await detectSandbox({ path: process.env.PATH ?? "", want: "none", allowNone: true });
    const workDir = join(this.dir, "work");
    mkdirSync(workDir, { recursive: true });
    const deps = {
      git: createGit({ mirrorsDir: join(this.dir, "mirrors") }),
      sandbox,
      model: createModel({
        baseUrl: env.OPENAI_BASE_URL ?? "",
        apiKey: env.OPENAI_API_KEY ?? "",
        model: env.OPENAI_MODEL ?? "gpt-5.1",
        clock,
        log: silentLog,
      }),
      clock,
      log: silentLog,
      workDir,
      artifactsDir: join(this.dir, "artifacts"),
      prompts: loadPrompts(join(import.meta.dir, "../../prompts")),
      runtime: runtimeFrom({ path: process.env.PATH ?? "", execPath: process.execPath, hidden: [] }),
      failedTests,
      capacity: 1,
      own: null,
      signal: this.ending.signal,
      fetch: (url: string, init: RequestInit) => {
        this.reports.push(String(init.body));
        return fetch(url, init);
      },
    };
    const app = nodeServer(deps, { secret: NODE_SECRET, version: "0.0.0-test" });
    this.answer = async (request) => app.fetch(await quicker(request));
  }

  async close(): Promise<void> {
    this.ending.abort();
    await this.server.stop(true);
    rmSync(this.dir, { recursive: true, force: true });
  }
}
