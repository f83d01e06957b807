import { dispatch, usageFault } from "../../commands/dispatch.ts";
import { parseCommand } from "../../commands/parse.ts";
import { COMMANDS } from "../../commands/registry.ts";
import { isCommitter } from "../../features/approvals/rights.ts";
import type { Context } from "../../features/context.ts";
import { relayFromSlack } from "../../features/threads/relay.ts";
import { enqueueReply } from "../../features/threads/replies.ts";
import { ChannelId, ChatUserId, MessageTs } from "../../kernel/ids.ts";
import { findingOfThread, namesForMentions, reposOfChannel, slackActor } from "./people.ts";

/** A message of a person, as Bolt hands it over. */
export interface Heard {
  channel: string;
  user: string;
  ts: string;
  thread: string | undefined;
  text: string;
}

/** The words behind a mention of the bot at a message's beginning; null when it does not begin with one. */
export function addressedWords(text: string, bot: string): string | null {
  const match = new RegExp(`^\\s*<@${bot}(?:\\|[^>]*)?>[,:]?\\s*([\\s\\S]*)$`).exec(text);
  return match === null ? null : (match[1] ?? "");
}

/** True when words addressed to the bot are a command, or near enough to one that a person meant it so. */
export function isCommand(words: string): boolean {
  const parsed = parseCommand(words);
  if (parsed.kind === "empty") return true;
  if (COMMANDS.some((command) => command.name === parsed.name)) return true;
  const fault = usageFault(words, true);
  return parsed.args.length <= 2 && fault !== null && fault.text.includes("Did you mean");
}

/** A command by mention: run, and answered in the thread or to the asker alone. */
export async function onMention(deps: Context, bot: string, heard: Heard): Promise<void> {
  const words = addressedWords(heard.text, bot);
  if (words === null || !isCommand(words)) return;
  const actor = await slackActor(deps, heard.user);
  const here = await findingOfThread(deps.db, heard.channel, heard.thread);
  const repos = await reposOfChannel(deps, heard.channel);
  const reply = await dispatch(deps, { typed: words, actor, here, repos });
  const channel = ChannelId.parse(heard.channel);
  const thread = MessageTs.parse(heard.thread ?? heard.ts);
  if (reply.audience === "asker") {
    await deps.chat.whisper(
      channel,
      ChatUserId.parse(heard.user),
      { text: reply.text },
      heard.thread === undefined ? null : thread,
    );
    return;
  }
  const key = `answer:${heard.channel}/${heard.ts}`;
  await enqueueReply(deps.db, deps.clock, {
    channel,
    thread,
    key,
    text: reply.text,
    finding: here?.id ?? null,
  });
}

/** A message in a finding's thread that is no command: relayed to the issue. */
export async function onMessage(deps: Context, bot: string, heard: Heard): Promise<void> {
  if (heard.thread === undefined) return;
  const words = addressedWords(heard.text, bot);
  if (words !== null && isCommand(words)) return;
  const finding = await findingOfThread(deps.db, heard.channel, heard.thread);
  if (finding === null) return;
  const actor = await slackActor(deps, heard.user);
  const trusted = actor.login !== null && (await isCommitter(deps, finding.repo, actor.login));
  await relayFromSlack(deps, {
    channel: ChannelId.parse(heard.channel),
    thread: MessageTs.parse(heard.thread),
    ts: MessageTs.parse(heard.ts),
    name: actor.name,
    login: actor.login,
    text: await namesForMentions(deps, heard.text),
    trusted,
  });
}
