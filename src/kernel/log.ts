import pino from "pino";
import { redact } from "./text/redact.ts";

/** The methods of pino that are used; each takes fields and a sentence. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Log;
}

/** JSON lines on stderr; every line passes redaction, so that a secret in an error's text does not come through. */
export function createLog(level: string): Log {
  const stderr = { write: (line: string) => void process.stderr.write(redact(line)) };
  return pino({ level, base: {}, timestamp: pino.stdTimeFunctions.isoTime }, stderr);
}

/** Says nothing; for tests and offline commands. */
export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog,
};
