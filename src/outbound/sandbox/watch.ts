import { readdir, readFile, statfs } from "node:fs/promises";
import type { Limits } from "./limits.ts";

const PAGE_BYTES = 4096;
const PERIOD_MS = 200;

interface Process {
  pid: number;
  parent: number;
  session: number;
  bytes: number;
}

/**
 * Looks at the processes below `root` five times a second and calls `exceeded` once, with a sentence, when they are
 * too many, use too much memory, or leave too little of the disk that `dir` lies on. Returns the function that ends the watch. Does nothing where there is no /proc.
 */
export function watchUsage(
  root: number,
  limits: Limits,
  dir: string,
  exceeded: (why: string) => void,
): () => void {
  let busy = false;
  const timer = setInterval(async () => {
    if (busy) return;
    busy = true;
    const why = judgeUsage(await processesBelow(root), limits) ?? (await judgeDisk(dir, limits));
    busy = false;
    if (why === null) return;
    clearInterval(timer);
    exceeded(why);
  }, PERIOD_MS);
  return () => clearInterval(timer);
}

async function judgeDisk(dir: string, limits: Limits): Promise<string | null> {
  const disk = await statfs(dir).catch(() => null);
  if (disk === null || disk.bavail * disk.bsize >= limits.leastFreeBytes) return null;
  return `less than ${Math.round(limits.leastFreeBytes / 2 ** 20)} MiB free on the disk`;
}

function judgeUsage(processes: readonly Process[], limits: Limits): string | null {
  const bytes = processes.reduce((sum, process) => sum + process.bytes, 0);
  if (processes.length > limits.processes) return `more than ${limits.processes} processes`;
  if (bytes > limits.memoryBytes)
    return `more than ${Math.round(limits.memoryBytes / 2 ** 20)} MiB of memory`;
  return null;
}

/** Children of children, and whatever stayed in the session that `root` leads. */
async function processesBelow(root: number): Promise<Process[]> {
  const all = await everyProcess();
  const inside = new Set([root, ...all.filter((each) => each.session === root).map((each) => each.pid)]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const each of all) {
      if (inside.has(each.pid) || !inside.has(each.parent)) continue;
      inside.add(each.pid);
      grown = true;
    }
  }
  return all.filter((each) => inside.has(each.pid));
}

async function everyProcess(): Promise<Process[]> {
  const names = await readdir("/proc").catch(() => []);
  const found = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map(readProcess));
  return found.filter((each) => each !== null);
}

async function readProcess(pid: string): Promise<Process | null> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  if (stat === null) return null;
  // The name stands in brackets and may hold anything, so fields are counted from the last bracket.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    pid: Number(pid),
    parent: Number(fields[1]),
    session: Number(fields[3]),
    bytes: Number(fields[21]) * PAGE_BYTES,
  };
}
