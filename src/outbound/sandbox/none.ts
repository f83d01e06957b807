import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sandbox } from "../../ports/sandbox.ts";
import { DEFAULT_LIMITS, type Limits, prlimitArgv, tasksetArgv } from "./limits.ts";
import { spawnBounded } from "./spawn.ts";

/**
 * No wall at all: only an environment without secrets, an empty HOME, time and output limits. The network stays
 * reachable and files stay readable. For targets that one trusts.
 */
export function createNoSandbox(options: { prlimit: boolean; limits?: Limits }): Sandbox {
  const limits = options.limits ?? DEFAULT_LIMITS;
  return {
    kind: "none",
    run: async (command) => {
      const home = await mkdtemp(join(tmpdir(), "task-home-"));
      try {
        return await spawnBounded({
          argv: [...limitsArgv(options.prlimit, limits, command.cpus), ...command.argv],
          cwd: command.cwd,
          env: {
            PATH: "/usr/local/bin:/usr/bin:/bin",
            LANG: "C.UTF-8",
            TMPDIR: home,
            ...command.env,
            HOME: home,
          },
          timeoutMs: command.timeoutMs,
          maxOutputBytes: command.maxOutputBytes,
          limits,
          signal: command.signal,
        });
      } finally {
        await rm(home, { recursive: true, force: true });
      }
    },
  };
}

/** What goes in front of a command. Where `taskset` is missing, what asks for fewer processors cannot be started. */
const limitsArgv = (prlimit: boolean, limits: Limits, cpus: number | undefined): string[] => [
  ...tasksetArgv(cpus),
  ...(prlimit ? withoutProcessCount(limits) : []),
];

/** Without a namespace the kernel would count all processes of the user, the service's own among them. */
const withoutProcessCount = (limits: Limits): string[] =>
  prlimitArgv(limits).filter((argument) => !argument.startsWith("--nproc"));
