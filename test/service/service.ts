import { join } from "node:path";
import { FRUGAL } from "../harness/frugal.ts";

const MAIN = join(import.meta.dir, "../../src/main.ts");
const READY_MS = 60_000;

/** A command of the product as a process of its own. */
export class Process {
  readonly lines: string[] = [];
  private readonly child: Bun.Subprocess<"ignore", "pipe", "pipe">;

  constructor(args: string[], env: Record<string, string>) {
    this.child = Bun.spawn([process.execPath, MAIN, ...args], {
      env: { ...FRUGAL, ...env },
      cwd: "/",
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    void this.read(this.child.stdout);
    void this.read(this.child.stderr);
  }

  /** Waits until `done` holds. @throws with the last lines when the process ends or a minute is over. */
  async until(what: string, done: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = Date.now() + READY_MS;
    while (!(await done())) {
      if (this.child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`not ${what}: ${this.lines.slice(-10).join("\n")}`);
      }
      await Bun.sleep(50);
    }
  }

  async exit(): Promise<number> {
    return this.child.exited;
  }

  async stop(): Promise<number> {
    this.child.kill("SIGTERM");
    return this.child.exited;
  }

  private async read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of stream) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = parts.pop() ?? "";
      this.lines.push(...parts);
    }
  }
}

export interface Service {
  url: string;
  env: Record<string, string>;
  stop(): Promise<void>;
}

/** A port that nobody listens on. */
export function freePort(): number {
  const probe = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const port = probe.port ?? 0;
  void probe.stop(true);
  return port;
}

/** `playground`, and `start` in the environment that it prints and nothing else but PORT. */
export async function startService(): Promise<Service> {
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const playground = new Process(["playground", "--app", url], { PATH: process.env.PATH ?? "" });
  await playground.until("ready", () => playground.lines.includes("READY"));
  const pairs = playground.lines
    .filter((line) => /^[A-Z_]+=/.test(line))
    .map((line) => line.split(/=(.*)/s).slice(0, 2));
  const env = { ...Object.fromEntries(pairs), PORT: String(port) };
  const service = new Process(["start"], env);
  await service.until("up", () =>
    fetch(`${url}/readyz`).then(
      (response) => response.ok,
      () => false,
    ),
  );
  return {
    url,
    env,
    stop: async () => {
      await service.stop();
      await playground.stop();
    },
  };
}
