import { fstatSync, statSync, writeSync } from "node:fs";
import type { Clock } from "../kernel/clock.ts";
import { clamp } from "../kernel/text/clamp.ts";

/** What a command of the command line has of the process it runs in. */
export interface Io {
  env: Record<string, string | undefined>;
  cwd: string;
  /** Absolute path of the running Bun. */
  execPath: string;
  clock: Clock;
  isTerminal: boolean;
  /** Writes a line of results to stdout. */
  out: (line: string) => void;
  /** Writes a line for people to stderr. */
  err: (line: string) => void;
  /** Shows one line for people in place of the one before; empty takes it away. Does nothing where nobody looks. */
  status: (line: string) => void;
  stdin: AsyncIterable<Uint8Array>;
  /** Aborted by SIGINT or SIGTERM. */
  signal: AbortSignal;
}

/** Programs are looked for here when the environment says nothing. */
export const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Columns of a line that is rewritten: a longer one would wrap, and stay. */
const COLUMNS = 79;

/** One line of a terminal that is written over; nothing where it is no terminal. */
export function statusLine(isTerminal: boolean, write: (text: string) => void): (line: string) => void {
  if (!isTerminal) return () => {};
  return (line) => write(`\r\u001b[2K${clamp(line.replace(/\s+/g, " "), COLUMNS)}`);
}

/** What of a stream of the process is needed where the file behind it does not tell enough. */
interface Stream {
  readonly isTTY?: boolean;
  write(text: string | Uint8Array): unknown;
}

/** Whether an open file is a terminal. `stream` is loaded for devices alone, and not for the null device. */
export function isTerminal(file: number, stream: () => Stream): boolean {
  try {
    const stats = fstatSync(file);
    if (!stats.isCharacterDevice() || stats.rdev === statSync("/dev/null").rdev) return false;
  } catch {
    return false; // it was closed, or there is no such device to compare it with
  }
  return stream().isTTY === true;
}

/** Writes all of a text at once; what a full pipe does not take is left to `stream`. Nothing where nobody reads. */
export function writeAll(file: number, text: string, stream: () => Stream): void {
  let left = Buffer.from(text);
  try {
    while (left.length > 0) left = left.subarray(writeSync(file, left));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EAGAIN") stream().write(left);
    else if (code !== "EPIPE") throw error;
  }
}
