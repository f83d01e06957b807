import { spawn } from "node:child_process";
import type { SandboxResult } from "../../ports/sandbox.ts";
import { BoundedOutput } from "./bounded.ts";
import type { Limits } from "./limits.ts";
import { watchUsage } from "./watch.ts";

export interface SpawnOptions {
  argv: string[];
  cwd: string;
  env: Record<string, string>;
  timeoutMs: number;
  maxOutputBytes: number;
  limits: Limits | null;
  /** Folder on whose disk something has to stay free; default `cwd`. */
  disk?: string;
  signal?: AbortSignal | undefined;
}

/** How long output may go on after the process ended, when something it left behind holds the pipe. */
const PIPE_GRACE_MS = 1000;

/**
 * Runs a program in a process group of its own with exactly the given environment. On time-out, abort or too much
 * use the whole group is killed. A program that cannot be started gives exit 127; nothing is thrown.
 */
export function spawnBounded(options: SpawnOptions): Promise<SandboxResult> {
  const { argv, cwd, env, signal } = options;
  const [program, ...args] = argv;
  const started = performance.now();
  const output = new BoundedOutput(options.maxOutputBytes);
  const note = (text: string) => output.push(Buffer.from(`\n[${text}]\n`));
  const elapsed = () => Math.round(performance.now() - started);
  if (program === undefined || signal?.aborted) {
    return Promise.resolve({ exit: null, timedOut: false, output: "[not started]", ms: 0 });
  }
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    let timedOut = false;
    let killed = false;
    const kill = (why: string) => {
      if (killed) return;
      killed = true;
      note(why);
      killGroup(child.pid);
    };
    const timer = setTimeout(() => {
      timedOut = true;
      kill(`killed: it took longer than ${Math.round(options.timeoutMs / 1000)} s`);
    }, options.timeoutMs);
    const onAbort = () => kill("killed: the task was stopped");
    signal?.addEventListener("abort", onAbort, { once: true });
    const unwatch =
      options.limits === null || child.pid === undefined
        ? () => {}
        : watchUsage(child.pid, options.limits, options.disk ?? cwd, (why) => kill(`killed: ${why}`));
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
    let done = false;
    const finish = (exit: number | null) => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      unwatch();
      signal?.removeEventListener("abort", onAbort);
      killGroup(child.pid);
      resolve({ exit: killed ? null : exit, timedOut, output: output.text(), ms: elapsed() });
    };
    child.on("error", (error) => {
      note(`could not be started: ${error.message}`);
      finish(127);
    });
    child.on("exit", (code) => setTimeout(() => finish(code), PIPE_GRACE_MS).unref());
    child.on("close", (code) => finish(code));
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group is gone, which is what was wanted.
  }
}
