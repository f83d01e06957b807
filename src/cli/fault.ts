import { z } from "zod";
import { nearest } from "../commands/parse.ts";
import { ArgsError } from "../kernel/args.ts";
import { UserError } from "../kernel/errors.ts";

/** sysexits.h's EX_USAGE: no command has it for an answer, whatever 1 and 2 mean to it. */
export const WRONG_USE = 64;

const NoFile = z.object({ code: z.enum(["ENOENT", "EACCES", "EISDIR", "ENOTDIR"]), path: z.string() });

const FILE_FAULTS = {
  ENOENT: "is not there",
  EACCES: "may not be read",
  EISDIR: "is a folder, not a file",
  ENOTDIR: "leads through something that is no folder",
} as const;

/** A fault of the person who typed the command, as one or two sentences; null when it is a fault of the program. */
export function faultOfUse(error: unknown): string | null {
  if (error instanceof UserError) return error.message;
  if (error instanceof ArgsError) {
    const [first = ""] = error.message.split(". ");
    const unknown = /Unknown option '--?([^']+)'/.exec(first)?.[1];
    const near = unknown === undefined ? null : nearest(unknown, error.flags);
    const hint = near === null ? "" : ` Did you mean --${near}?`;
    return `${first.replace(/\.$/, "")}.${hint} --help lists the commands with what they take.`;
  }
  const file = NoFile.safeParse(error);
  return file.success ? `${file.data.path} ${FILE_FAULTS[file.data.code]}.` : null;
}
