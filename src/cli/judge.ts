import { createReadStream, existsSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { judgeRuns } from "../commands/cli/judge.ts";
import { UserError } from "../kernel/errors.ts";
import type { Io } from "./io.ts";

/** `judge --runs FILE`: verdicts on a history; needs no setting. */
export const judge = (argv: string[], io: Io): Promise<number> =>
  judgeRuns(argv, { lines: (path) => linesOf(resolve(io.cwd, path)), out: io.out });

async function* linesOf(path: string): AsyncIterable<string> {
  if (!existsSync(path)) throw new UserError(`there is no file ${path}`);
  yield* createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
}
