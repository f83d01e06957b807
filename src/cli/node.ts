import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { Env, webUrlOf } from "../config/env.ts";
import { failedTests } from "../features/failures/failed-tests.ts";
import { nodeServer } from "../inbound/node/server.ts";
import { readArgs } from "../kernel/args.ts";
import { ConfigError, UserError } from "../kernel/errors.ts";
import { createLog } from "../kernel/log.ts";
import { loadPrompts } from "../kernel/prompt.ts";
import { createGit } from "../outbound/git/index.ts";
import { createModel } from "../outbound/openai/index.ts";
import { detectSandbox, runtimeFrom } from "../outbound/sandbox/index.ts";
import { DEFAULT_PATH, type Io } from "./io.ts";
import { VERSION } from "./version.ts";

/** A node knows neither database nor settings file: each order brings what it needs. */
const NodeEnv = Env.pick({
  NODE_SECRET: true,
  HOST: true,
  DATA_DIR: true,
  LOG_LEVEL: true,
  GITHUB_API_URL: true,
  GITHUB_WEB_URL: true,
  GITHUB_READ_TOKEN: true,
  GITHUB_TOKEN: true,
  OPENAI_API_KEY: true,
  OPENAI_BASE_URL: true,
  OPENAI_MODEL: true,
  SANDBOX: true,
  SANDBOX_IMAGE: true,
});
type NodeEnv = ReturnType<typeof NodeEnv.parse>;

const PORT = "8007";
const MOST_BODY = 8 * 1024 * 1024;

/** `node [--port 8007] [--concurrency 1]`: takes tasks from a service over HTTP, until it is told to stop. */
export async function node(argv: string[], io: Io): Promise<number> {
  const options = {
    port: { type: "string", default: PORT },
    concurrency: { type: "string", default: "1" },
  } as const;
  const { values } = readArgs({ args: argv, options });
  const [port, capacity] = [Number(values.port), Number(values.concurrency)];
  if (!Number.isInteger(capacity) || capacity < 1)
    throw new UserError("--concurrency is a whole number from 1 on");
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new UserError("--port is a number up to 65535");
  const env = environment(io);
  const log = createLog(env.LOG_LEVEL);
  const deps = { ...(await depsOf(env, io)), log, capacity };
  const { secret } = env;
  const server = Bun.serve({
    hostname: env.HOST,
    port,
    fetch: nodeServer(deps, { secret, version: VERSION }).fetch,
    maxRequestBodySize: MOST_BODY,
  });
  log.info({ url: `http://${server.hostname}:${server.port}`, capacity }, "the node is up");
  await new Promise<void>((done) => {
    if (io.signal.aborted) return done();
    io.signal.addEventListener("abort", () => done(), { once: true });
  });
  await server.stop(true);
  return 0;
}

/** Throws ConfigError with all that is missing or malformed. */
function environment(io: Io): NodeEnv & { secret: string } {
  const given = Object.fromEntries(Object.entries(io.env).filter(([, value]) => value !== ""));
  const env = NodeEnv.safeParse(given);
  const faults = env.success
    ? []
    : env.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  if (given.NODE_SECRET === undefined)
    faults.push("NODE_SECRET is not set: it is the same as the service's, and proves who asks");
  if (given.OPENAI_API_KEY === undefined)
    faults.push("OPENAI_API_KEY is not set: the node asks the model itself");
  const secret = env.data?.NODE_SECRET;
  if (!env.success || secret === undefined || faults.length > 0) throw new ConfigError(faults);
  return { ...env.data, secret };
}

async function depsOf(env: NodeEnv, io: Io) {
  const { clock } = io;
  const path = io.env.PATH || DEFAULT_PATH;
  const dataDir = resolve(io.cwd, env.DATA_DIR);
  const workDir = join(dataDir, "node");
  // what a killed process left there is nobody's any more
  rmSync(workDir, { recursive: true, force: true });
  mkdirSync(workDir, { recursive: true });
  const image = env.SANDBOX_IMAGE === undefined ? {} : { image: env.SANDBOX_IMAGE };
  const want = env.SANDBOX === "any" ? "auto" : env.SANDBOX;
  const { sandbox } = await detectSandbox({ path, want, allowNone: env.SANDBOX === "any", ...image });
  const hidden = io.env.HOME === undefined ? [] : [io.env.HOME];
  const token = env.GITHUB_READ_TOKEN ?? env.GITHUB_TOKEN;
  return {
    git: createGit({ mirrorsDir: join(dataDir, "mirrors") }),
    sandbox,
    model: createModel({
      baseUrl: env.OPENAI_BASE_URL,
      apiKey: env.OPENAI_API_KEY ?? "",
      model: env.OPENAI_MODEL,
      clock,
      log: createLog(env.LOG_LEVEL),
    }),
    clock,
    workDir,
    artifactsDir: join(dataDir, "artifacts"),
    prompts: loadPrompts(join(import.meta.dir, "../../prompts")),
    runtime: runtimeFrom({ path, execPath: io.execPath, hidden }),
    failedTests,
    signal: io.signal,
    fetch: (url: string, init: RequestInit) => fetch(url, init),
    own:
      token === undefined
        ? null
        : { token, origin: new URL(env.GITHUB_WEB_URL ?? webUrlOf(env.GITHUB_API_URL)).origin },
  };
}
