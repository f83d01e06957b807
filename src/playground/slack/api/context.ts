import type { Triggers } from "../act/triggers.ts";
import type { Sockets } from "../deliver/sockets.ts";
import type { PostLimiter } from "../limits.ts";
import type { Channel, Message } from "../model.ts";
import type { World } from "../world.ts";
import { ApiError } from "./error.ts";

/** What the methods work on. */
export interface ApiContext {
  world: World;
  limiter: PostLimiter;
  /** Messages of one answer at the most. */
  messagesPerPage: number;
  triggers: Triggers;
  sockets: Sockets;
}

export type Args = Record<string, unknown>;
/** What a method answers, without the `ok`; each is checked against the response type it stands for. */
export type Method = (context: ApiContext, args: Args) => Record<string, unknown>;

/** The channel named, or the direct message with the person named. Throws channel_not_found, not_in_channel. */
export function writable(context: ApiContext, idOrName: string): Channel {
  const { world } = context;
  const isPerson = world.people.some((person) => person.id === idOrName);
  const channel = isPerson ? world.openDm(idOrName) : world.channel(idOrName);
  if (!channel) throw new ApiError("channel_not_found");
  if (!channel.botJoined) throw new ApiError("not_in_channel");
  return channel;
}

/** A message of the channel. Throws message_not_found. */
export function messageAt(context: ApiContext, channel: Channel, ts: string): Message {
  const message = context.world.find(channel.id, ts);
  if (!message || message.subtype === "tombstone") throw new ApiError("message_not_found");
  return message;
}
