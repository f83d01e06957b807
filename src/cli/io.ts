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
