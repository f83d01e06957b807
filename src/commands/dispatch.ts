import type { Context } from "../features/context.ts";
import { parseFindingRef } from "../features/findings/resolve.ts";
import { UserError } from "../kernel/errors.ts";
import { slackCode } from "../kernel/text/escape.ts";
import { type Call, type Reply, toAsker } from "./model.ts";
import { nearest, parseCommand } from "./parse.ts";
import { COMMANDS } from "./registry.ts";

/** A command's words as they came, and who said them where. */
export type Ask = Pick<Call, "actor" | "repos" | "here" | "pull" | "channel"> & { typed: string };

/** Runs what a person typed. Faults of theirs come back as an answer; everything else is thrown. */
export async function dispatch(deps: Context, ask: Ask): Promise<Reply> {
  const wrong = usageFault(ask.typed, ask.here !== null);
  if (wrong !== null) return wrong;
  const parsed = parseCommand(ask.typed);
  const name = parsed.kind === "empty" ? "help" : parsed.name;
  const command = COMMANDS.find((known) => known.name === name);
  if (command === undefined) throw new Error(`no command ${name} after its check`);
  const words = parsed.kind === "empty" ? { args: [], flags: new Set<string>(), text: "" } : parsed;
  try {
    const { typed: _, ...place } = ask;
    return await command.run(deps, { ...place, ...words });
  } catch (error) {
    if (error instanceof UserError) return toAsker(error.message);
    throw error;
  }
}

/**
 * Says what is wrong with a command's words, from the words alone: no right is asked and nothing is read. Null when
 * they can be run.
 */
export function usageFault(typed: string, here: boolean): Reply | null {
  const parsed = parseCommand(typed);
  if (parsed.kind === "empty") return null;
  const command = COMMANDS.find((known) => known.name === parsed.name);
  if (command === undefined) {
    const near = nearest(
      parsed.name,
      COMMANDS.map((known) => known.name),
    );
    const hint = near === null ? "`help` lists what I know." : `Did you mean \`${near}\`?`;
    return toAsker(`I do not know ${slackCode(parsed.name.slice(0, 60))}. ${hint}`);
  }
  if (!command.finding) return null;
  const [first] = parsed.args;
  if (first !== undefined && parseFindingRef(first) !== null) return null;
  if (here) return null;
  return toAsker(`Which one? \`${command.usage}\`, where N is an issue's number, a pull request's, or F12.`);
}
