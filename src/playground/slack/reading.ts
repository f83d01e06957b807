import { compareTs } from "./ids.ts";
import type { Message } from "./model.ts";
import type { World } from "./world.ts";

/** A message as the Web API shows it, with the figures of its thread if it starts one. */
export function shown(world: World, channelId: string, message: Message, withMetadata = false) {
  const { metadata, ...rest } = message;
  const replies = world.replies(channelId, message.ts);
  const authors = [...new Set(replies.map((reply) => reply.user ?? reply.bot_id ?? ""))];
  const thread =
    message.thread_ts === message.ts && replies.length > 0
      ? {
          reply_count: replies.length,
          reply_users_count: authors.length,
          latest_reply: replies.at(-1)?.ts ?? message.ts,
          reply_users: authors.slice(0, 5),
          is_locked: false,
          subscribed: true,
        }
      : {};
  const bot = message.bot_id ? { bot_profile: botProfile(world) } : {};
  return structuredClone({ ...rest, ...bot, ...thread, ...(withMetadata && metadata ? { metadata } : {}) });
}

function botProfile(world: World) {
  return {
    id: world.app.botId,
    app_id: world.app.id,
    name: world.app.realName,
    team_id: world.team.id,
    deleted: false,
    updated: 0,
  };
}

/** Messages of a channel outside threads (but with those also sent to the channel), newest first. */
export function channelTimeline(world: World, channelId: string): Message[] {
  return world
    .list(channelId)
    .filter(
      (one) => one.thread_ts === undefined || one.thread_ts === one.ts || one.subtype === "thread_broadcast",
    )
    .reverse();
}

export interface Window {
  oldest?: string | undefined;
  latest?: string | undefined;
  inclusive?: boolean | undefined;
}

/** Whether a timestamp lies in the window; its ends count only when inclusive. */
export function inWindow(ts: string, { oldest, latest, inclusive }: Window): boolean {
  const after = oldest ? compareTs(ts, oldest) : 1;
  const before = latest ? compareTs(ts, latest) : -1;
  return inclusive ? after >= 0 && before <= 0 : after > 0 && before < 0;
}
