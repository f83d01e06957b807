import { realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { RefusedError } from "../../kernel/errors.ts";
import type { Sandbox } from "../../ports/sandbox.ts";
import { createBubblewrap, findProgram } from "./bubblewrap.ts";
import { createDocker } from "./docker.ts";
import type { Limits } from "./limits.ts";
import { createNoSandbox } from "./none.ts";
import { spawnBounded } from "./spawn.ts";

export interface DetectOptions {
  /** Where to look for `bwrap`, `docker` and `prlimit`. */
  path: string;
  /** Take this one or fail; `auto` takes the first that works. */
  want: "auto" | "bubblewrap" | "docker" | "none";
  /** With `auto`: go on without a sandbox when there is none. */
  allowNone: boolean;
  /** Image for Docker; without one Docker is not considered. */
  image?: string;
  /** What the docker client needs, such as DOCKER_HOST. */
  clientEnv?: Record<string, string>;
  limits?: Limits;
}

/** The sandbox that works here, tried by running `true` in it, and why the ones before it were passed over. */
export async function detectSandbox(
  options: DetectOptions,
): Promise<{ sandbox: Sandbox; passedOver: string[] }> {
  const passedOver: string[] = [];
  if (options.want === "auto" || options.want === "bubblewrap") {
    const found = await tryBubblewrap(options);
    if (typeof found !== "string") return { sandbox: found, passedOver };
    passedOver.push(found);
  }
  if (options.want === "auto" || options.want === "docker") {
    const found = await tryDocker(options);
    if (typeof found !== "string") return { sandbox: found, passedOver };
    passedOver.push(found);
  }
  if (options.want === "none" || (options.want === "auto" && options.allowNone)) {
    const prlimit = findProgram("prlimit", options.path) !== null;
    return { sandbox: createNoSandbox({ prlimit, ...limitsOf(options) }), passedOver };
  }
  throw new RefusedError(
    `No sandbox works here (${passedOver.join("; ")}). Install bubblewrap, or allow the sandbox none.`,
  );
}

async function tryBubblewrap(options: DetectOptions): Promise<Sandbox | string> {
  const program = findProgram("bwrap", options.path);
  if (program === null) return "bubblewrap: bwrap is not installed";
  const sandbox = createBubblewrap({ program, ...limitsOf(options) });
  const why = await probe(sandbox);
  return why === null ? sandbox : `bubblewrap: ${why}`;
}

async function tryDocker(options: DetectOptions): Promise<Sandbox | string> {
  const program = findProgram("docker", options.path);
  if (program === null) return "docker: not installed";
  if (options.image === undefined) return "docker: no image is configured";
  const clientEnv = { PATH: options.path, ...options.clientEnv };
  const ping = await spawnBounded({
    argv: [program, "version", "--format", "{{.Server.Version}}"],
    cwd: "/",
    env: clientEnv,
    timeoutMs: 10_000,
    maxOutputBytes: 4096,
    limits: null,
  });
  if (ping.exit !== 0) return "docker: its daemon does not answer";
  const sandbox = createDocker({ program, image: options.image, clientEnv, ...limitsOf(options) });
  const why = await probe(sandbox);
  return why === null ? sandbox : `docker: ${why}`;
}

async function probe(sandbox: Sandbox): Promise<string | null> {
  const result = await sandbox.run({
    argv: ["true"],
    cwd: realpathSync(tmpdir()),
    env: {},
    timeoutMs: 20_000,
    network: false,
    maxOutputBytes: 2048,
  });
  return result.exit === 0 ? null : result.output.trim().split("\n")[0] || `exit ${result.exit}`;
}

const limitsOf = (options: DetectOptions): { limits?: Limits } =>
  options.limits === undefined ? {} : { limits: options.limits };
