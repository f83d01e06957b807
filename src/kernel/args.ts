import { type ParseArgsConfig, parseArgs } from "node:util";
import { errorText } from "./errors.ts";

/** Words of a command line that are none of the command's; `flags` are those it has, without dashes. */
export class ArgsError extends Error {
  constructor(
    message: string,
    readonly flags: readonly string[],
  ) {
    super(message);
  }
}

/** Reads a command's words as its options say. Throws ArgsError where they do not fit. */
export function readArgs<const T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new ArgsError(errorText(error), Object.keys(config.options ?? {}));
  }
}
