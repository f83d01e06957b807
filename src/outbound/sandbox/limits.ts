import { existsSync, readFileSync } from "node:fs";

/** What one command may use; above it the command is killed. */
export interface Limits {
  /** Processes and threads' leaders at one time. */
  processes: number;
  /** Resident memory of all its processes together, in bytes. */
  memoryBytes: number;
  /** Largest single file, in bytes. */
  fileBytes: number;
  /** Size of the empty `/tmp` and HOME, in bytes each. */
  tmpBytes: number;
  openFiles: number;
  /** What has to stay free on the disk that the working folder lies on, in bytes: the service lives there too. */
  leastFreeBytes: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_LIMITS: Limits = {
  processes: 512,
  memoryBytes: 4096 * MIB,
  fileBytes: 1024 * MIB,
  tmpBytes: 1024 * MIB,
  openFiles: 4096,
  leastFreeBytes: 256 * MIB,
};

/** The `taskset` in front of a command that may use so many processors; of those that this process itself may. */
export function tasksetArgv(cpus: number | undefined): string[] {
  if (cpus === undefined) return [];
  return ["taskset", "--cpu-list", allowedCpus().slice(-cpus).join(",")];
}

function allowedCpus(): number[] {
  if (!existsSync("/proc/self/status")) return [0];
  const list = /^Cpus_allowed_list:\s*([\d,-]+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return (list ?? "0").split(",").flatMap((part) => {
    const [from = 0, to = from] = part.split("-").map(Number);
    return Array.from({ length: to - from + 1 }, (_, at) => from + at);
  });
}

/**
 * The `prlimit` in front of a command. The address space is left alone: race detectors and JavaScript engines
 * reserve far more than they use, so memory is watched instead. The kernel does not count root's processes,
 * which is why those are watched too.
 */
export const prlimitArgv = (limits: Limits): string[] => [
  "prlimit",
  `--nproc=${limits.processes}`,
  `--fsize=${limits.fileBytes}`,
  `--nofile=${limits.openFiles}`,
  "--core=0",
  "--",
];
