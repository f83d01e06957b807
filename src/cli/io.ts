import type { Clock } from "../kernel/clock.ts";

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
  stdin: AsyncIterable<Uint8Array>;
  /** Aborted by SIGINT or SIGTERM. */
  signal: AbortSignal;
}

/** Programs are looked for here when the environment says nothing. */
export const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
