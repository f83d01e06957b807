import { z } from "zod";
import { nearest } from "../commands/parse.ts";
import { UserError } from "../kernel/errors.ts";

/** sysexits.h's EX_USAGE: no command has it for an answer, whatever 1 and 2 mean to it. */
export const WRONG_USE = 64;

const WrongWords = z.object({ code: z.string().startsWith("ERR_PARSE_ARGS_"), message: z.string() });
const NoFile = z.object({ code: z.enum(["ENOENT", "EACCES", "EISDIR", "ENOTDIR"]), path: z.string() });

const FILE_FAULTS = {
  ENOENT: "is not there",
  EACCES: "may not be read",
  EISDIR: "is a folder, not a file",
  ENOTDIR: "leads through something that is no folder",
} as const;

/**
 * A fault of the person who typed the command, as one or two sentences; null when it is a fault of the program.
 * @param flags the flags the command has, without dashes, to name the nearest of a wrong one.
 */
export function faultOfUse(error: unknown, flags: readonly string[] = []): string | null {
  if (error instanceof UserError) return error.message;
  const words = WrongWords.safeParse(error);
  if (words.success) {
    const [first = ""] = words.data.message.split(". ");
    const unknown = /Unknown option '--?([^']+)'/.exec(first)?.[1];
    const near = unknown === undefined ? null : nearest(unknown, flags);
    const hint = near === null ? "" : ` Did you mean --${near}?`;
    return `${first.replace(/\.$/, "")}.${hint} --help lists the commands with what they take.`;
  }
  const file = NoFile.safeParse(error);
  return file.success ? `${file.data.path} ${FILE_FAULTS[file.data.code]}.` : null;
}
