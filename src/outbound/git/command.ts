import { spawn } from "node:child_process";
import { RefusedError, TransientError } from "../../kernel/errors.ts";
import { redact } from "../../kernel/text/redact.ts";

export interface GitRun {
  args: string[];
  cwd: string;
  /** Added to the fixed environment; nothing is inherited. */
  env?: Record<string, string>;
  input?: string;
  signal?: AbortSignal | undefined;
  /** Default 10 minutes, for the network's sake. */
  timeoutMs?: number;
  /** Exit statuses beside 0 that are an answer and no fault. */
  mayEndWith?: readonly number[];
  /** Most bytes of output taken; above it the command is refused. Default 64 MiB. */
  maxBytes?: number;
}

const NETWORK = [
  "could not resolve host",
  "connection refused",
  "connection reset",
  "connection timed out",
  "operation timed out",
  "early eof",
  "the remote end hung up",
  "rpc failed",
  "failed to connect",
  "unable to lock",
  "cannot lock ref",
  "the requested url returned error: 5",
  "the requested url returned error: 429",
];

/** No hooks, no prompts, no configuration of the machine or the person, no helpers that a repository could name. */
const SETTINGS: readonly [string, string][] = [
  ["core.hooksPath", "/dev/null"],
  ["core.fsmonitor", "false"],
  ["core.quotePath", "false"],
  ["core.autocrlf", "false"],
  ["commit.gpgSign", "false"],
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
  ["submodule.recurse", "false"],
  ["diff.ignoreSubmodules", "all"],
  ["diff.renames", "true"],
  ["advice.detachedHead", "false"],
  ["protocol.allow", "never"],
  ["protocol.http.allow", "always"],
  ["protocol.https.allow", "always"],
  ["protocol.file.allow", "always"],
  ["safe.directory", "*"],
];

/** Environment of a git command; `extra` settings come last and win. */
export function gitEnv(
  extra: readonly [string, string][],
  env: Record<string, string>,
): Record<string, string> {
  const settings = [...SETTINGS, ...extra];
  return {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    HOME: "/nonexistent",
    LC_ALL: "C.UTF-8",
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
    ...env,
  };
}

/** Runs git and gives its stdout. Throws TransientError on network faults, else RefusedError; secrets are taken out. */
export function git(run: GitRun, settings: readonly [string, string][] = []): Promise<string> {
  const maxBytes = run.maxBytes ?? 64 * 1024 * 1024;
  return new Promise((resolve, reject) => {
    const child = spawn("git", run.args, {
      cwd: run.cwd,
      env: gitEnv(settings, run.env ?? {}),
      signal: run.signal,
      timeout: run.timeoutMs ?? 600_000,
      // which git takes as the time to remove its locks; one that is left stops every later command
      killSignal: "SIGTERM",
    });
    const stdout: Buffer[] = [];
    let bytes = 0;
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) child.kill("SIGKILL");
      else stdout.push(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      if (stderr.length < 20_000) stderr += chunk.toString("utf8");
    });
    child.on("error", (error) => reject(failure(run.args, error.message)));
    child.on("close", (code) => {
      if (code === 0 || (code !== null && run.mayEndWith?.includes(code) === true))
        return resolve(Buffer.concat(stdout).toString("utf8"));
      const why = bytes > maxBytes ? `more than ${maxBytes} bytes of output` : stderr.trim();
      reject(failure(run.args, why || `exit ${code ?? "by signal"}`));
    });
    child.stdin.on("error", () => {
      // git may end before it has read everything; its exit status tells.
    });
    child.stdin.end(run.input ?? "");
  });
}

function failure(args: readonly string[], why: string): Error {
  const verb = args.find((argument) => /^[a-z][a-z-]+$/.test(argument)) ?? "command";
  const text = redact(`git ${verb}: ${why.slice(0, 2000)}`);
  const low = why.toLowerCase();
  return NETWORK.some((sign) => low.includes(sign)) ? new TransientError(text) : new RefusedError(text);
}
