import type { Sandbox, SandboxCommand } from "../../ports/sandbox.ts";
import { WORKSPACE } from "./bubblewrap.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { spawnBounded } from "./spawn.ts";

export interface DockerOptions {
  program: string;
  /** Image with the target's toolchain; its user has to be able to write the clone. */
  image: string;
  /** Environment of the docker client itself, such as DOCKER_HOST; the container gets none of it. */
  clientEnv: Record<string, string>;
  limits?: Limits;
  user?: string;
}

/** One container a command, without network or privileges, removed afterwards. */
export function createDocker(options: DockerOptions): Sandbox {
  const limits = options.limits ?? DEFAULT_LIMITS;
  const client = (argv: string[], timeoutMs: number, maxOutputBytes: number, signal?: AbortSignal) =>
    spawnBounded({
      argv: [options.program, ...argv],
      cwd: "/",
      env: options.clientEnv,
      timeoutMs,
      maxOutputBytes,
      limits: null,
      signal,
    });
  return {
    kind: "docker",
    run: async (command) => {
      const name = `task-${crypto.randomUUID()}`;
      const args = dockerArgs(name, command, options, limits);
      const result = await client(args, command.timeoutMs, command.maxOutputBytes, command.signal);
      // Killing the client leaves the container running.
      if (result.exit === null) await client(["rm", "--force", name], 30_000, 4096);
      return result;
    },
  };
}

/** The arguments of one `docker run`; pure. */
export function dockerArgs(
  name: string,
  command: SandboxCommand,
  options: Pick<DockerOptions, "image" | "user">,
  limits: Limits,
): string[] {
  return [
    ...["run", "--rm", "--init", "--name", name, "--pull", "never"],
    ...["--network", command.network ? "bridge" : "none"],
    ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--read-only"],
    ...(options.user === undefined ? [] : ["--user", options.user]),
    ...["--pids-limit", String(limits.processes), "--memory", String(limits.memoryBytes)],
    ...["--memory-swap", String(limits.memoryBytes), "--ulimit", `fsize=${limits.fileBytes}`],
    ...(command.cpus === undefined ? [] : ["--cpuset-cpus", `0-${command.cpus - 1}`]),
    ...["--ulimit", `nofile=${limits.openFiles}`, "--ulimit", "core=0"],
    ...["--tmpfs", `/tmp:rw,exec,size=${limits.tmpBytes}`, "--env", "HOME=/tmp"],
    ...(command.readable ?? []).flatMap((path) => ["--volume", `${path}:${path}:ro`]),
    ...(command.writable ?? []).flatMap((path) => ["--volume", `${path}:${path}:rw`]),
    ...["--volume", `${command.cwd}:${WORKSPACE}:rw`, "--workdir", WORKSPACE],
    ...Object.entries(command.env).flatMap(([key, value]) =>
      key === "HOME" || key === "PATH" ? [] : ["--env", `${key}=${value}`],
    ),
    options.image,
    ...command.argv,
  ];
}
