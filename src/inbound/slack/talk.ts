import { z } from "zod";
import { dispatch, intentOf } from "../../commands/dispatch.ts";
import type { Command, Reply } from "../../commands/model.ts";
import { actsAsCommitter } from "../../features/approvals/rights.ts";
import type { Context } from "../../features/context.ts";
import { relayFromSlack, unsayFromSlack } from "../../features/threads/relay.ts";
import { enqueueReply } from "../../features/threads/replies.ts";
import { TransientError } from "../../kernel/errors.ts";
import { ChannelId, ChatUserId, MessageTs } from "../../kernel/ids.ts";
import { escapeSlack, unescapeSlack } from "../../kernel/text/escape.ts";
import { receive, unheard } from "../../platform/inbox.ts";
import { AT_IT, PATIENCE_MS, TRIED_AGAIN } from "./faults.ts";
import { findingOfThread, namesForMentions, reposOfChannel, slackActor } from "./people.ts";
import { askedInThread } from "./question.ts";

/** A person's message as it is worked on, whether an event or the sweep brought it. */
export const Message = z.object({
  /** Our own user, to know words addressed to us. */
  bot: z.string(),
  channel: ChannelId,
  user: ChatUserId,
  ts: MessageTs,
  thread: MessageTs.nullable(),
  text: z.string(),
  files: z.array(z.object({ name: z.string(), url: z.string().nullable() })).default([]),
  /** When it became so by an edit; null: as it was said first. */
  edited: MessageTs.nullable().default(null),
});
export type Message = z.infer<typeof Message>;

/** Kind under which messages and their edits are kept in the inbox: each once, though a mention comes as two events. */
export const MESSAGE = "flaky:message";

export async function receiveMessage(deps: Context, message: Message): Promise<void> {
  await receive(deps, { source: "slack", deliveryId: idOf(message), kind: MESSAGE, payload: message });
}

/** The same of many messages, most of which were heard already. */
export async function receiveMessages(deps: Context, messages: readonly Message[]): Promise<void> {
  const fresh = await unheard(deps.db, "slack", messages.map(idOf));
  for (const message of messages) if (fresh.has(idOf(message))) await receiveMessage(deps, message);
}

const idOf = ({ channel, ts, edited }: Message): string =>
  `message/${channel}/${ts}${edited === null ? "" : `/${edited}`}`;

/**
 * Works on a message: a command addressed to the bot is run, other words in a finding's thread are relayed. What
 * becomes a command by an edit is not run, and stays in Slack as commands do.
 * @param first it is worked on for the first time: whoever waits is told so, once
 */
export async function takeMessage(deps: Context, message: Message, first = true): Promise<void> {
  const words = addressedWords(message.text, message.bot);
  const intent = words === null ? null : intentOf(words);
  if (words !== null && intent?.kind === "command" && message.edited === null)
    await runMention(deps, message, words, first);
  else if (message.thread !== null) {
    await relay(deps, message, message.thread);
    // an edit asks nothing anew
    if (message.edited !== null) return;
    await askedInThread(deps, { ...message, thread: message.thread });
    if (intent?.kind === "talk" && intent.meant !== null) await notDone(deps, message, intent.meant);
  }
}

/** Who began with the name of a command that does something is told that these words did not. */
async function notDone(deps: Context, message: Message, { usage, who, name }: Command): Promise<void> {
  const { channel, user, thread } = message;
  if (who === "anyone" || (await findingOfThread(deps.db, channel, thread)) === null) return;
  const text =
    `I take that for something said to me, not for the command \`${name}\`, so nothing is done. ` +
    `To have it done: \`${usage}\`, with the number where words follow.`;
  await deps.chat.whisper(channel, user, { text }, thread);
}

/** The words behind a mention of the bot at a message's beginning; null when it does not begin with one. */
export function addressedWords(text: string, bot: string): string | null {
  const match = new RegExp(`^\\s*<@${bot}(?:\\|[^>]*)?>[,:]?\\s*([\\s\\S]*)$`).exec(text);
  return match === null ? null : (match[1] ?? "");
}

async function runMention(deps: Context, message: Message, words: string, first: boolean): Promise<void> {
  const { channel, user, ts, thread } = message;
  const actor = await slackActor(deps, user);
  const here = await findingOfThread(deps.db, channel, thread);
  const repos = await reposOfChannel(deps, channel);
  const ask = { typed: unescapeSlack(words), actor, here, repos, pull: null, channel };
  const wait = (text: string) => deps.chat.whisper(channel, user, { text }, thread);
  const reply = await patiently(deps, dispatch(deps, ask), first ? wait : null);
  if (reply.audience === "asker") {
    const { text, blocks } = reply;
    await deps.chat.whisper(channel, user, { text, ...(blocks === undefined ? {} : { blocks }) }, thread);
    return;
  }
  const answer = { channel, thread: thread ?? ts, key: `answer:${channel}/${ts}`, text: reply.text };
  await enqueueReply(deps.db, deps.clock, { ...answer, finding: here?.id ?? null });
}

/** Waits for an answer. Where it takes longer than people wait, or has to be tried again, they are told so. */
async function patiently(
  deps: Pick<Context, "clock">,
  work: Promise<Reply>,
  tell: ((text: string) => Promise<void>) | null,
): Promise<Reply> {
  const late = Symbol("late");
  try {
    const soon = await Promise.race([work, deps.clock.sleep(PATIENCE_MS).then((): typeof late => late)]);
    if (soon !== late) return soon;
    await tell?.(AT_IT);
    return await work;
  } catch (error) {
    if (error instanceof TransientError) await tell?.(TRIED_AGAIN);
    throw error;
  }
}

async function relay(deps: Context, message: Message, thread: MessageTs, certain = false): Promise<void> {
  const { channel, user, ts } = message;
  const finding = await findingOfThread(deps.db, channel, thread);
  if (finding === null) return;
  const actor = await slackActor(deps, user);
  const trusted = await actsAsCommitter(deps, finding.repo, actor);
  const words = addressedWords(message.text, message.bot);
  const text = [await namesForMentions(deps, message.text), ...message.files.map(fileLine)].join("\n").trim();
  const kept = await relayFromSlack(deps, {
    ...{ channel, thread, ts, name: actor.name, login: actor.login, text, trusted, certain },
    version: microsOf(message.edited ?? ts),
    withheld: text === "" || (words !== null && intentOf(words).kind === "command"),
  });
  if (kept === "ask") await relayAsItStands(deps, message, thread);
}

/** Edits of one second contradict each other: Slack says what stands. */
async function relayAsItStands(deps: Context, message: Message, thread: MessageTs): Promise<void> {
  const { channel, ts } = message;
  const standing = await deps.chat.messages(channel, { thread, oldest: ts });
  const now = standing.find((said) => said.ts === ts);
  if (now === undefined)
    await unsayFromSlack(deps, {
      channel,
      thread,
      ts,
      byBot: false,
      version: microsOf(message.edited ?? ts),
    });
  else {
    const { text, files, edited } = now;
    await relay(deps, { ...message, text, files, edited: edited ?? message.edited }, thread, true);
  }
}

/** A file stays in Slack: what goes over is its name and where it is. */
const fileLine = ({ name, url }: Message["files"][number]): string => {
  const words = escapeSlack(name.replaceAll("|", "/"));
  return `:paperclip: ${url === null ? words : `<${url}|${words}>`} (a file in Slack)`;
};

/** A timestamp `seconds.micros` in microseconds. */
export function microsOf(ts: string): number {
  const [seconds = "0", fraction = ""] = ts.split(".");
  return Number(seconds) * 1_000_000 + Number(fraction.slice(0, 6).padEnd(6, "0"));
}
