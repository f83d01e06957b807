import type { Block } from "./blocks/schema.ts";
import type { Channel, Message, Metadata, SharedFile } from "./model.ts";
import { mentions } from "./text.ts";
import type { World } from "./world.ts";

export interface BotPost {
  text: string;
  blocks?: Block[] | undefined;
  attachments?: unknown[] | undefined;
  threadTs?: string | undefined;
  broadcast?: boolean | undefined;
  metadata?: Metadata | undefined;
  username?: string | undefined;
  icon?: { emoji?: string; image_48?: string } | undefined;
}

/** Posts as the app. With a username of its own the message has subtype bot_message and no user, as in Slack. */
export function postAsApp(world: World, channel: Channel, post: BotPost): Message {
  const { app } = world;
  const message: Message = {
    type: "message",
    ts: world.ids.ts(),
    text: post.text,
    team: world.team.id,
    bot_id: app.botId,
    app_id: app.id,
  };
  if (post.username) {
    message.subtype = "bot_message";
    message.username = post.username;
  } else {
    message.user = app.userId;
  }
  if (post.icon) message.icons = post.icon;
  if (post.blocks) message.blocks = post.blocks;
  if (post.attachments) message.attachments = post.attachments;
  if (post.metadata) message.metadata = post.metadata;
  if (post.threadTs) {
    message.thread_ts = post.threadTs;
    if (post.broadcast) message.subtype = "thread_broadcast";
  }
  world.add(channel, message);
  return message;
}

/** Posts as a person, who typed `text` already in Slack's form, perhaps with files of these names. A mention of the app is told to it too. */
export function postAsPerson(
  world: World,
  channel: Channel,
  userId: string,
  text: string,
  threadTs?: string,
  { files = [], broadcast = false }: { files?: readonly string[]; broadcast?: boolean } = {},
): Message {
  const message: Message = {
    type: "message",
    ts: world.ids.ts(),
    text,
    team: world.team.id,
    user: world.person(userId).id,
    client_msg_id: world.ids.hex(),
  };
  if (threadTs) message.thread_ts = threadTs;
  if (threadTs && broadcast) message.subtype = "thread_broadcast";
  if (files.length > 0) {
    message.subtype = "file_share";
    message.files = files.map((name) => sharedFile(world, userId, name));
  }
  world.add(channel, message);
  if (mentions(text, world.app.userId) && !channel.dmWith) {
    world.tell(channel, { ...structuredClone(message), type: "app_mention", event_ts: message.ts });
  }
  return message;
}

function sharedFile(world: World, user: string, name: string): SharedFile {
  const id = world.ids.id("F");
  const permalink = `${world.origin}/files/${user}/${id}/${encodeURIComponent(name)}`;
  return { id, name, title: name, mode: "hosted", user, permalink };
}

/** Adds or removes a reaction and tells the app; false when there was nothing to do. */
export function setReaction(
  world: World,
  channel: Channel,
  message: Message,
  reaction: { name: string; user: string; on: boolean },
): boolean {
  const all = message.reactions ?? [];
  const found = all.find((one) => one.name === reaction.name);
  const had = found?.users.includes(reaction.user) ?? false;
  if (had === reaction.on) return false;
  const users = reaction.on
    ? [...(found?.users ?? []), reaction.user]
    : (found?.users ?? []).filter((one) => one !== reaction.user);
  const changed = { name: reaction.name, users, count: users.length };
  const next = found ? all.map((one) => (one === found ? changed : one)) : [...all, changed];
  message.reactions = next.filter((one) => one.count > 0);
  if (message.reactions.length === 0) delete message.reactions;
  world.tell(channel, {
    type: reaction.on ? "reaction_added" : "reaction_removed",
    user: reaction.user,
    reaction: reaction.name,
    item: { type: "message", channel: channel.id, ts: message.ts },
    ...(message.user ? { item_user: message.user } : {}),
    event_ts: world.ids.ts(),
  });
  world.onChange();
  return true;
}
