import type {
  ChatDeleteResponse,
  ChatGetPermalinkResponse,
  ChatPostEphemeralResponse,
  ChatPostMessageResponse,
  ChatUpdateResponse,
} from "@slack/web-api";
import { z } from "zod";
import { checkBlocks } from "../blocks/check.ts";
import type { Block } from "../blocks/schema.ts";
import type { Metadata } from "../model.ts";
import { postAsApp } from "../posting.ts";
import { shown } from "../reading.ts";
import { Flag, parseArgs, Text } from "./args.ts";
import { type ApiContext, type Args, messageAt, writable } from "./context.ts";
import { ApiError } from "./error.ts";

const MAX_POST = 40_000;
const MAX_UPDATE = 4_000;

const Content = {
  channel: Text,
  text: Text.optional(),
  blocks: z.unknown().optional(),
  attachments: z.array(z.unknown()).optional(),
  metadata: z.unknown().optional(),
};
const PostArgs = z.object({
  ...Content,
  thread_ts: Text.optional(),
  reply_broadcast: Flag,
  username: z.string().optional(),
  icon_emoji: z.string().optional(),
  icon_url: z.string().optional(),
});
const UpdateArgs = z.object({ ...Content, ts: Text });
const EphemeralArgs = z.object({ ...Content, user: Text, thread_ts: Text.optional() });
const Target = z.object({ channel: Text, ts: Text });
const LinkArgs = z.object({ channel: Text, message_ts: Text });
const MetadataShape = z.object({
  event_type: z.string().min(1),
  event_payload: z.record(z.string(), z.unknown()),
});

interface Content {
  text?: string | undefined;
  blocks?: unknown;
  attachments?: unknown[] | undefined;
  metadata?: unknown;
}

/** Text, blocks and metadata after Slack's checks. Throws no_text, msg_too_long, invalid_blocks and others. */
function readContent(context: ApiContext, content: Content, max: number) {
  const raw = content.blocks;
  const blocks: Block[] | undefined =
    raw === undefined ? undefined : checkBlocks(raw, "message", context.world.ids);
  const text = content.text ?? "";
  if (text === "" && !blocks?.length && !content.attachments?.length) throw new ApiError("no_text");
  if (text.length > max) throw new ApiError("msg_too_long");
  let metadata: Metadata | undefined;
  if (content.metadata !== undefined) {
    const parsed = MetadataShape.safeParse(content.metadata);
    if (!parsed.success) throw new ApiError("invalid_metadata_format");
    metadata = parsed.data;
  }
  return { text, blocks, attachments: content.attachments, metadata };
}

/** chat.postMessage */
export function postMessage(context: ApiContext, args: Args) {
  const { world } = context;
  const asked = parseArgs(PostArgs, args);
  const channel = writable(context, asked.channel);
  const content = readContent(context, asked, MAX_POST);
  const root = asked.thread_ts ? threadRoot(context, channel.id, asked.thread_ts) : undefined;
  context.limiter.take(channel.id);
  const icon = {
    ...(asked.icon_emoji ? { emoji: asked.icon_emoji } : {}),
    ...(asked.icon_url ? { image_48: asked.icon_url } : {}),
  };
  const message = postAsApp(world, channel, {
    ...content,
    threadTs: root,
    broadcast: asked.reply_broadcast,
    username: asked.username,
    icon: Object.keys(icon).length > 0 ? icon : undefined,
  });
  const answer = { channel: channel.id, ts: message.ts, message: shown(world, channel.id, message, true) };
  return answer satisfies Omit<ChatPostMessageResponse, "ok" | "message">;
}

/** The ts of a thread's first message, also when a reply was named. Throws thread_not_found. */
function threadRoot(context: ApiContext, channelId: string, ts: string): string {
  const found = context.world.find(channelId, ts);
  if (!found) throw new ApiError("thread_not_found");
  return found.thread_ts ?? found.ts;
}

/** chat.update */
export function update(context: ApiContext, args: Args) {
  const { world } = context;
  const asked = parseArgs(UpdateArgs, args);
  const channel = writable(context, asked.channel);
  const message = messageAt(context, channel, asked.ts);
  if (message.bot_id !== world.app.botId) throw new ApiError("cant_update_message");
  const content = readContent(context, asked, MAX_UPDATE);
  // As in Slack, only a change of plain text leaves the mark "edited".
  const editor = content.blocks ? null : world.app.userId;
  world.alter(channel, message, editor, (target) => {
    if (asked.text !== undefined) target.text = content.text;
    if (content.blocks) target.blocks = content.blocks;
    else if (asked.text !== undefined) delete target.blocks;
    if (content.attachments) target.attachments = content.attachments;
    if (content.metadata) target.metadata = content.metadata;
  });
  const shownMessage = shown(world, channel.id, message, true);
  const answer = { channel: channel.id, ts: message.ts, text: message.text, message: shownMessage };
  return answer satisfies Omit<ChatUpdateResponse, "ok" | "message">;
}

/** chat.delete */
export function remove(context: ApiContext, args: Args) {
  const asked = parseArgs(Target, args);
  const channel = writable(context, asked.channel);
  const message = messageAt(context, channel, asked.ts);
  if (message.bot_id !== context.world.app.botId) throw new ApiError("cant_delete_message");
  context.world.drop(channel, message);
  return { channel: channel.id, ts: message.ts } satisfies Omit<ChatDeleteResponse, "ok">;
}

/** chat.postEphemeral */
export function postEphemeral(context: ApiContext, args: Args) {
  const asked = parseArgs(EphemeralArgs, args);
  const channel = writable(context, asked.channel);
  if (!context.world.people.some((person) => person.id === asked.user)) {
    throw new ApiError("user_not_in_channel");
  }
  const { text, blocks } = readContent(context, asked, MAX_POST);
  context.limiter.take(channel.id);
  const note = context.world.whisper({
    channel: channel.id,
    user: asked.user,
    from: "app",
    text,
    ...(blocks ? { blocks } : {}),
    ...(asked.thread_ts ? { threadTs: asked.thread_ts } : {}),
  });
  return { message_ts: note.ts } satisfies Omit<ChatPostEphemeralResponse, "ok">;
}

/** chat.getPermalink */
export function getPermalink(context: ApiContext, args: Args) {
  const asked = parseArgs(LinkArgs, args);
  const channel = context.world.channel(asked.channel);
  if (!channel) throw new ApiError("channel_not_found");
  const message = messageAt(context, channel, asked.message_ts);
  let permalink = `${context.world.origin}/archives/${channel.id}/p${message.ts.replace(".", "")}`;
  if (message.thread_ts && message.thread_ts !== message.ts) {
    permalink += `?thread_ts=${message.thread_ts}&cid=${channel.id}`;
  }
  return { channel: channel.id, permalink } satisfies Omit<ChatGetPermalinkResponse, "ok">;
}
