import type { AckFn, RespondArguments, RespondFn, SlashCommand } from "@slack/bolt";
import type { KnownBlock } from "@slack/types";
import { dispatch, usageFault } from "../../commands/dispatch.ts";
import type { Reply } from "../../commands/model.ts";
import { parseCommand } from "../../commands/parse.ts";
import { COMMANDS } from "../../commands/registry.ts";
import { helpText } from "../../commands/run/help.ts";
import type { Context } from "../../features/context.ts";
import { ChannelId } from "../../kernel/ids.ts";
import { unescapeSlack } from "../../kernel/text/escape.ts";
import { clampMessage } from "../../ports/chat-limits.ts";
import { AT_IT, PATIENCE_MS, tellingFaults } from "./faults.ts";
import { reposOfChannel, slackActor } from "./people.ts";
import { type Me, STRANGER } from "./stranger.ts";

const onlyTo = (text: string, blocks?: KnownBlock[]): RespondArguments & { response_type: "ephemeral" } => ({
  response_type: "ephemeral",
  ...clampMessage({ text, ...(blocks === undefined ? {} : { blocks }) }),
});

/** Whether a body as Slack sent it is a command that only tells: nothing changes by it, whatever becomes of the answer. */
export function asksOnly(body: Record<string, unknown>): boolean {
  if (body.command !== "/flaky") return false;
  const parsed = parseCommand(unescapeSlack(String(body.text ?? "")));
  return parsed.kind === "empty" || COMMANDS.find(({ name }) => name === parsed.name)?.tells === true;
}

/** The slash command. Help and faults in the words are answered to anybody whose request is signed. */
export async function onSlashCommand(
  deps: Context,
  me: Me,
  command: Pick<SlashCommand, "text" | "team_id" | "user_id" | "channel_id">,
  ack: AckFn<string | RespondArguments>,
  respond: RespondFn,
): Promise<void> {
  const typed = unescapeSlack(command.text ?? "");
  const words = fromWords(typed);
  if (words !== null) return ack(onlyTo(words));
  if (command.team_id !== me.team) {
    await me.refuse("command", command);
    return ack(onlyTo(STRANGER));
  }
  const work = run(deps, typed, command);
  const late = Symbol("late");
  const first = await Promise.race([work, deps.clock.sleep(PATIENCE_MS).then((): typeof late => late)]);
  if (first !== late) return ack(onlyTo(first.text, first.blocks));
  await ack(onlyTo(AT_IT));
  const instead = (text: string, blocks?: KnownBlock[]) =>
    respond({ ...onlyTo(text, blocks), replace_original: true });
  await tellingFaults(instead, async () => {
    const { text, blocks } = await work;
    await instead(text, blocks);
  });
}

/** The answer that follows from the words alone: help, or what is wrong with them. */
function fromWords(text: string): string | null {
  const parsed = parseCommand(text);
  if (parsed.kind === "empty" || parsed.name === "help") {
    return helpText(COMMANDS, parsed.kind === "empty" ? undefined : parsed.args[0]);
  }
  return usageFault(text, false)?.text ?? null;
}

async function run(
  deps: Context,
  typed: string,
  command: Pick<SlashCommand, "user_id" | "channel_id">,
): Promise<Reply> {
  const actor = await slackActor(deps, command.user_id);
  const repos = await reposOfChannel(deps, command.channel_id);
  return dispatch(deps, {
    typed,
    actor,
    here: null,
    repos,
    pull: null,
    channel: ChannelId.parse(command.channel_id),
  });
}
