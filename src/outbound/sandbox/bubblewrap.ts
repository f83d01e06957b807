import { existsSync, lstatSync, readlinkSync } from "node:fs";
import { delimiter } from "node:path";
import type { Sandbox, SandboxCommand } from "../../ports/sandbox.ts";
import { DEFAULT_LIMITS, type Limits, prlimitArgv, tasksetArgv } from "./limits.ts";
import { spawnBounded } from "./spawn.ts";

/** Where the working folder appears: the same for every clone, so that paths kept by set-up stay true. */
export const WORKSPACE = "/workspace";
const HOME = "/home/task";

/** What programs need of /etc: names of hosts and users, certificates, the linker's cache. */
const ETC = [
  "alternatives",
  "ca-certificates",
  "group",
  "hosts",
  "ld.so.cache",
  "ld.so.conf",
  "ld.so.conf.d",
  "localtime",
  "mime.types",
  "nsswitch.conf",
  "passwd",
  "pki",
  "protocols",
  "services",
  "ssl",
];

/** Namespaces, an empty HOME and /tmp, programs read-only, nothing else of the host. Linux only. */
export function createBubblewrap(options: { program: string; limits?: Limits }): Sandbox {
  const limits = options.limits ?? DEFAULT_LIMITS;
  return {
    kind: "bubblewrap",
    run: (command) =>
      spawnBounded({
        argv: [options.program, ...bubblewrapArgs(command, limits)],
        cwd: "/",
        disk: command.cwd,
        // bwrap stays as process 1, whose environment the command can read: it has to be empty.
        env: {},
        timeoutMs: command.timeoutMs,
        maxOutputBytes: command.maxOutputBytes,
        limits,
        signal: command.signal,
      }),
  };
}

/** The arguments of one run, pure but for looking which of the system's folders are there. */
export function bubblewrapArgs(command: SandboxCommand, limits: Limits): string[] {
  return [
    "--unshare-all",
    ...(command.network ? ["--share-net"] : []),
    ...["--unshare-user", "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL"],
    ...["--die-with-parent", "--new-session", "--hostname", "sandbox"],
    ...systemFolders(command.network),
    ...["--proc", "/proc", "--dev", "/dev"],
    ...["--size", String(limits.tmpBytes), "--tmpfs", "/tmp", "--size", String(limits.tmpBytes)],
    ...["--tmpfs", "/home", "--dir", HOME],
    ...(command.readable ?? []).flatMap((path) => ["--ro-bind-try", path, path]),
    ...(command.writable ?? []).flatMap((path) => ["--bind", path, path]),
    ...["--bind", command.cwd, WORKSPACE, "--chdir", WORKSPACE],
    // What is left of the root and of /dev is memory without a limit of its own.
    ...[
      "--size",
      String(limits.tmpBytes),
      "--tmpfs",
      "/dev/shm",
      "--remount-ro",
      "/dev",
      // settings of the whole machine stand in it, and where the worker is root they are its own to write
      "--remount-ro",
      "/proc",
      "--remount-ro",
      "/",
    ],
    "--clearenv",
    ...environment(command.env).flatMap(([name, value]) => ["--setenv", name, value]),
    "--",
    ...tasksetArgv(command.cpus),
    ...prlimitArgv(limits),
    ...command.argv,
  ];
}

const environment = (env: Record<string, string>): [string, string][] =>
  Object.entries({ PATH: "/usr/local/bin:/usr/bin:/bin", LANG: "C.UTF-8", TMPDIR: "/tmp", ...env, HOME });

function systemFolders(network: boolean): string[] {
  const roots = ["/bin", "/sbin", "/lib", "/lib64", "/lib32"].flatMap((path) => {
    if (!existsSync(path)) return [];
    return lstatSync(path).isSymbolicLink()
      ? ["--symlink", readlinkSync(path), path]
      : ["--ro-bind", path, path];
  });
  const etc = [...ETC, ...(network ? ["resolv.conf"] : [])].flatMap((name) => [
    "--ro-bind-try",
    `/etc/${name}`,
    `/etc/${name}`,
  ]);
  return ["--ro-bind", "/usr", "/usr", ...roots, ...etc];
}

/** Finds a program on a search path; null when it is not there. */
export function findProgram(name: string, path: string): string | null {
  return (
    path
      .split(delimiter)
      .map((dir) => `${dir}/${name}`)
      .find((file) => existsSync(file)) ?? null
  );
}
