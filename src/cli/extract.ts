import { runExtract } from "../commands/cli/extract.ts";
import type { Io } from "./io.ts";

/** `extract`: failed tests in logs; needs no setting. */
export const extract = (argv: string[], io: Io): Promise<number> =>
  runExtract(argv, {
    stdout: { write: (text) => io.out(text.replace(/\n$/, "")) },
    stderr: { write: (text) => io.err(text.replace(/\n$/, "")) },
    stdin: io.stdin,
    get isTTY() {
      return io.isTerminal;
    },
  });
