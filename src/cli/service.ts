import { type AppOptions, startApp } from "../app/index.ts";
import { loadConfig } from "../config/index.ts";
import { readArgs } from "../kernel/args.ts";
import { UserError } from "../kernel/errors.ts";
import { createLog } from "../kernel/log.ts";
import { DEFAULT_PATH, type Io } from "./io.ts";
import { VERSION } from "./version.ts";

/** Running work gets this long to end once a stop is asked for, ms. */
const GRACE_MS = 20_000;

/** `start [--no-worker]`: the service, until it is told to stop. */
export async function start(argv: string[], io: Io): Promise<number> {
  const { values } = readArgs({ args: argv, options: { "no-worker": { type: "boolean", default: false } } });
  const config = loadConfig(io.env, "service");
  const labels = config.file.repos.flatMap((repo) => repo.labels);
  const worker = values["no-worker"] ? null : { labels, capacity: 1 };
  return untilStopped(io, { ...baseOptions(io, config), service: true, worker, background: "thread" });
}

/** `worker --labels a,b --concurrency 2`: a worker alone; needs a database that several processes can share. */
export async function worker(argv: string[], io: Io): Promise<number> {
  const { values } = readArgs({
    args: argv,
    options: { labels: { type: "string", default: "" }, concurrency: { type: "string", default: "1" } },
  });
  const capacity = Number(values.concurrency);
  if (!Number.isInteger(capacity) || capacity < 1)
    throw new UserError("--concurrency is a whole number from 1 on");
  const config = loadConfig(
    { SLACK_BOT_TOKEN: "unused", SLACK_SIGNING_SECRET: "unused", ...io.env },
    "service",
  );
  if (config.env.DATABASE_URL === undefined) {
    throw new UserError(
      "DATABASE_URL is not set: a worker alone shares a Postgres with the service. With the embedded database `start` runs the worker itself.",
    );
  }
  const labels = values.labels.split(",").filter(Boolean);
  return untilStopped(io, {
    ...baseOptions(io, config),
    service: false,
    worker: { labels, capacity },
    background: "here",
  });
}

export function baseOptions(
  io: Io,
  config: AppOptions["config"],
): Omit<AppOptions, "service" | "worker" | "background"> {
  return {
    config,
    clock: io.clock,
    log: createLog(config.env.LOG_LEVEL),
    version: VERSION,
    machine: { path: io.env.PATH || DEFAULT_PATH, home: io.env.HOME ?? null, execPath: io.execPath },
  };
}

async function untilStopped(io: Io, options: AppOptions): Promise<number> {
  const app = await startApp(options);
  await new Promise<void>((resolve) => {
    if (io.signal.aborted) return resolve();
    io.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  options.log.info({}, "stopping: running work gets its time to end");
  await app.stop(GRACE_MS);
  return 0;
}
