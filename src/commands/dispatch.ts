import type { Context } from "../features/context.ts";
import { parseFindingRef, resolveFinding } from "../features/findings/resolve.ts";
import { ForbiddenError, UserError } from "../kernel/errors.ts";
import { clamp } from "../kernel/text/clamp.ts";
import { slackCode } from "../kernel/text/escape.ts";
import { redact } from "../kernel/text/redact.ts";
import { record } from "../platform/audit.ts";
import { type Call, type Command, type Reply, toAsker } from "./model.ts";
import { misfit, nearest, parseCommand } from "./parse.ts";
import { COMMANDS } from "./registry.ts";

/** A command's words as they came, and who said them where. */
export type Ask = Pick<Call, "actor" | "repos" | "here" | "pull" | "channel"> & { typed: string };

/** Runs what a person typed, without its secrets. Faults of theirs come back as an answer; everything else is thrown. */
export async function dispatch(deps: Context, asked: Ask): Promise<Reply> {
  const ask = { ...asked, typed: redact(asked.typed) };
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
    if (error instanceof ForbiddenError && command.audits !== true)
      await keepRefusal(deps, ask, command.name, error.message);
    if (error instanceof UserError) return toAsker(error.message);
    throw error;
  }
}

/** A right that is missing is in the audit, with what GitHub said of the person. */
async function keepRefusal(deps: Context, ask: Ask, name: string, why: string): Promise<void> {
  const [first] = parsedArgs(ask.typed);
  const ref = first === undefined ? null : parseFindingRef(first);
  const named = ref === null ? null : await resolveFinding(deps.db, ref, ask.repos);
  const { actor, here } = ask;
  await record(deps.db, {
    at: deps.clock.now(),
    actor,
    action: `${name}.refused`,
    finding: (named ?? here)?.id ?? null,
    detail: { why, refused: true, words: clamp(ask.typed, 300) },
  });
}

function parsedArgs(typed: string): string[] {
  const parsed = parseCommand(typed);
  return parsed.kind === "empty" ? [] : parsed.args;
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
    return toAsker(`I do not know ${slackCode(clamp(parsed.name, 60))}. ${hint}`);
  }
  const [first] = parsed.args;
  const named = first !== undefined && isRef(first);
  if (command.finding && !named && !here)
    return toAsker(
      `Which one? \`${command.usage}\`, where N is an issue's number, a pull request's, or F12.`,
    );
  const odd = misfit(command.usage, parsed.args, isRef, { here, talk: false });
  if (odd === null) return null;
  const words = slackCode(clamp(odd, 80));
  return toAsker(`I do not know what to do with ${words}: the command is \`${command.usage}\`.`);
}

/** Ids of the service's tasks are made like `f12-fix-0a1b2c3d`. */
const isRef = (word: string): boolean =>
  parseFindingRef(word) !== null || /^f\d+-[a-z]+-[0-9a-f]{8}$/i.test(word);

/**
 * What words that were put to the bot among people are. `command`: they name one (or nearly so) and all behind it are
 * its arguments, or too few words to be a sentence. `talk`: anything else, to which it answers; `meant` is the command
 * that they may have been thought to be.
 */
export function intentOf(words: string): { kind: "command" } | { kind: "talk"; meant: Command | null } {
  const parsed = parseCommand(words);
  if (parsed.kind === "empty") return { kind: "command" };
  const command = COMMANDS.find((known) => known.name === parsed.name) ?? null;
  // "approve of this idea?" asks; it decides nothing
  if (parsed.args.length > 0 && words.trimEnd().endsWith("?")) return { kind: "talk", meant: null };
  if (command !== null) {
    const fits = misfit(command.usage, parsed.args, isRef, { here: true, talk: true }) === null;
    return fits || parsed.args.length < 2 ? { kind: "command" } : { kind: "talk", meant: command };
  }
  const near = nearest(
    parsed.name,
    COMMANDS.map((known) => known.name),
  );
  return parsed.args.length <= 2 && near !== null ? { kind: "command" } : { kind: "talk", meant: null };
}
