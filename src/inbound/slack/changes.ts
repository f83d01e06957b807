import { z } from "zod";
import type { Context } from "../../features/context.ts";
import { noteCardGone } from "../../features/threads/gone.ts";
import { unsayFromSlack } from "../../features/threads/relay.ts";
import { ChannelId, MessageTs } from "../../kernel/ids.ts";
import { receive } from "../../platform/inbox.ts";
import type { ChatFile } from "../../ports/chat.ts";
import { Message, microsOf, receiveMessage } from "./talk.ts";

/** A message that is not there any more, as it is worked on, whether an event or the sweep brought it. */
export const MessageGone = z.object({
  channel: ChannelId,
  thread: MessageTs,
  ts: MessageTs,
  /** When it was deleted. */
  at: MessageTs,
  byBot: z.boolean(),
});
export type MessageGone = z.infer<typeof MessageGone>;

/** A message outside of threads that was deleted, and may have been a card. */
export const CardGone = z.object({ channel: ChannelId, card: MessageTs, at: MessageTs });
export type CardGone = z.infer<typeof CardGone>;

/** Kind under which such deletions are kept in the inbox. */
export const CARD_GONE = "flaky:card-gone";

async function receiveCardGone(deps: Context, gone: CardGone): Promise<void> {
  const deliveryId = `message/${gone.channel}/${gone.card}/gone`;
  await receive(deps, { source: "slack", deliveryId, kind: CARD_GONE, payload: gone });
}

/** Works on the deletion of what may have been a card. */
export async function takeCardGone(deps: Context, { channel, card, at }: CardGone): Promise<void> {
  await noteCardGone(deps, { channel, ts: card, at: new Date(microsOf(at) / 1000) });
}

/** Kind under which deletions are kept in the inbox. */
export const MESSAGE_GONE = "flaky:message-gone";

export async function receiveMessageGone(deps: Context, gone: MessageGone): Promise<void> {
  const deliveryId = `message/${gone.channel}/${gone.ts}/gone`;
  await receive(deps, { source: "slack", deliveryId, kind: MESSAGE_GONE, payload: gone });
}

/** Works on a deletion. */
export async function takeMessageGone(deps: Context, gone: MessageGone): Promise<void> {
  await unsayFromSlack(deps, { ...gone, version: microsOf(gone.at) });
}

const File = z.object({
  name: z.string().nullish(),
  title: z.string().nullish(),
  permalink: z.string().optional(),
});
const Files = z.object({ files: z.array(File).default([]) });

/** Files of a message, in Slack's form, as they are relayed. */
export function filesOf(message: object): ChatFile[] {
  const parsed = Files.safeParse(message);
  const files = parsed.success ? parsed.data.files : [];
  return files.map(({ name, title, permalink }) => ({
    name: name ?? title ?? "file",
    url: permalink ?? null,
  }));
}

const Standing = z.looseObject({
  ts: MessageTs,
  thread_ts: MessageTs.optional(),
  user: z.string().optional(),
  bot_id: z.string().optional(),
  subtype: z.string().optional(),
  text: z.string().default(""),
});

const Changed = z.object({
  subtype: z.literal("message_changed"),
  channel: ChannelId,
  event_ts: MessageTs,
  message: Standing,
  previous_message: Standing.optional(),
});
const Deleted = z.object({
  subtype: z.literal("message_deleted"),
  channel: ChannelId,
  event_ts: MessageTs,
  deleted_ts: MessageTs,
  previous_message: Standing.optional(),
});
const Change = z.discriminatedUnion("subtype", [Changed, Deleted]);

/** Subtypes under which people write. */
export const SAID: ReadonlySet<unknown> = new Set([undefined, "file_share", "thread_broadcast"]);

/** Keeps an edit or a deletion of a reply, or that a card was deleted. */
export async function receiveChange(deps: Context, bot: string, event: object): Promise<void> {
  const told = toldChange(bot, event);
  if (told === null) return;
  if ("card" in told) await receiveCardGone(deps, told);
  else if ("at" in told) await receiveMessageGone(deps, told);
  else await receiveMessage(deps, told);
}

/**
 * What an event says about a reply that was edited or deleted, or about a bot's message that was deleted and may have been a
 * card; other messages, and what bots edit, are let be.
 */
export function toldChange(bot: string, event: object): Message | MessageGone | CardGone | null {
  const parsed = Change.safeParse(event);
  if (!parsed.success) return null;
  const change = parsed.data;
  const told = change.subtype === "message_changed" ? change.message : change.previous_message;
  const thread = told?.thread_ts;
  const { channel, event_ts: at } = change;
  if (told === undefined || thread === undefined || thread === told.ts) return rootGone(change);
  const byBot = told.bot_id !== undefined;
  if (change.subtype === "message_deleted") return { channel, thread, ts: change.deleted_ts, at, byBot };
  const { ts, user, text, subtype } = told;
  if (byBot || user === undefined || !SAID.has(subtype)) return null;
  // a preview of a link changes a message, too, and says nothing new
  const before = change.previous_message;
  const files = filesOf(told);
  if (before?.text === text && filesOf(before).length === files.length) return null;
  return Message.parse({ bot, channel, user, ts, thread, text, files, edited: at });
}

/** A message that has replies leaves a stone behind when it is deleted, which may come as a change of it. */
function rootGone(change: z.infer<typeof Change>): CardGone | null {
  const { channel, event_ts: at } = change;
  if (change.subtype === "message_changed")
    return change.message.subtype === "tombstone" ? { channel, card: change.message.ts, at } : null;
  const byPerson = change.previous_message !== undefined && change.previous_message.bot_id === undefined;
  return byPerson ? null : { channel, card: change.deleted_ts, at };
}
