import type {
  ConversationsHistoryResponse,
  ConversationsInfoResponse,
  ConversationsJoinResponse,
  ConversationsListResponse,
  ConversationsMembersResponse,
  ConversationsOpenResponse,
  ConversationsRepliesResponse,
} from "@slack/web-api";
import { z } from "zod";
import type { Channel } from "../model.ts";
import { channelTimeline, inWindow, shown } from "../reading.ts";
import type { World } from "../world.ts";
import { Flag, Limit, page, parseArgs, Text } from "./args.ts";
import { type ApiContext, type Args, writable } from "./context.ts";
import { ApiError } from "./error.ts";

const Paging = { limit: Limit, cursor: z.string().optional() };
const Named = z.object({ channel: Text });
const WindowArgs = {
  channel: Text,
  oldest: Text.optional(),
  latest: Text.optional(),
  inclusive: Flag,
  include_all_metadata: Flag,
  ...Paging,
};

const cursorOf = (next: string) => ({ response_metadata: { next_cursor: next } });

const least = ({ messagesPerPage }: ApiContext, { limit }: { limit: number }): number =>
  Math.min(limit, messagesPerPage);

function channelInfo(world: World, channel: Channel) {
  const note = (value: string) => ({ value, creator: "", last_set: 0 });
  const base = {
    id: channel.id,
    created: channel.created,
    is_archived: false,
    context_team_id: world.team.id,
  };
  if (channel.dmWith) return { ...base, is_im: true, user: channel.dmWith, is_user_deleted: false };
  return {
    ...base,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: true,
    is_group: false,
    is_im: false,
    is_mpim: false,
    is_private: false,
    is_general: false,
    is_shared: false,
    is_member: channel.botJoined,
    creator: world.people[0]?.id ?? "",
    topic: note(channel.topic),
    purpose: note(""),
    previous_names: [],
    num_members: world.people.length + (channel.botJoined ? 1 : 0),
  };
}

function named(context: ApiContext, args: Args): Channel {
  const channel = context.world.channel(parseArgs(Named, args).channel);
  if (!channel) throw new ApiError("channel_not_found");
  return channel;
}

/** conversations.list: public channels, and direct messages when `types` names im. */
export function list(context: ApiContext, args: Args) {
  const asked = parseArgs(
    z.object({ types: z.string().default("public_channel"), exclude_archived: Flag, ...Paging }),
    args,
  );
  const types = asked.types.split(",").map((type) => type.trim());
  const wanted = [...context.world.channels.values()].filter((channel) =>
    types.includes(channel.dmWith ? "im" : "public_channel"),
  );
  const { items, next } = page(wanted, asked.limit, asked.cursor, (channel) => channel.id);
  const answer = { channels: items.map((channel) => channelInfo(context.world, channel)), ...cursorOf(next) };
  return answer satisfies Omit<ConversationsListResponse, "ok">;
}

/** conversations.info */
export function info(context: ApiContext, args: Args) {
  return { channel: channelInfo(context.world, named(context, args)) } satisfies Omit<
    ConversationsInfoResponse,
    "ok"
  >;
}

/** conversations.history: newest first, without replies. */
export function history(context: ApiContext, args: Args) {
  const asked = parseArgs(z.object(WindowArgs), args);
  const channel = writable(context, asked.channel);
  const inside = channelTimeline(context.world, channel.id).filter((one) => inWindow(one.ts, asked));
  const { items, next } = page(inside, least(context, asked), asked.cursor, (message) => message.ts);
  const answer = {
    messages: items.map((one) => shown(context.world, channel.id, one, asked.include_all_metadata)),
    has_more: next !== "",
    pin_count: 0,
    ...(next ? cursorOf(next) : {}),
  };
  return answer satisfies Omit<ConversationsHistoryResponse, "ok" | "messages">;
}

/** conversations.replies: the first message, then the replies in the window, oldest first. */
export function replies(context: ApiContext, args: Args) {
  const { world } = context;
  const asked = parseArgs(z.object({ ...WindowArgs, ts: Text }), args);
  const channel = writable(context, asked.channel);
  const named = world.find(channel.id, asked.ts);
  const root = named ? world.find(channel.id, named.thread_ts ?? named.ts) : undefined;
  if (!root) throw new ApiError("thread_not_found");
  const all = [root, ...world.replies(channel.id, root.ts).filter((one) => inWindow(one.ts, asked))];
  const { items, next } = page(all, least(context, asked), asked.cursor, (message) => message.ts);
  const answer = {
    messages: items.map((one) => shown(world, channel.id, one, asked.include_all_metadata)),
    has_more: next !== "",
    ...(next ? cursorOf(next) : {}),
  };
  return answer satisfies Omit<ConversationsRepliesResponse, "ok" | "messages">;
}

/** conversations.join */
export function join(context: ApiContext, args: Args) {
  const channel = named(context, args);
  if (channel.dmWith) throw new ApiError("method_not_supported_for_channel_type");
  channel.botJoined = true;
  context.world.onChange();
  return { channel: channelInfo(context.world, channel) } satisfies Omit<ConversationsJoinResponse, "ok">;
}

/** conversations.open: the direct message with one person. */
export function open(context: ApiContext, args: Args) {
  const asked = parseArgs(z.object({ users: Text, return_im: Flag }), args);
  const channel = context.world.openDm(asked.users);
  const answer = { channel: asked.return_im ? channelInfo(context.world, channel) : { id: channel.id } };
  return answer satisfies Omit<ConversationsOpenResponse, "ok">;
}

/** conversations.members */
export function members(context: ApiContext, args: Args) {
  const channel = named(context, args);
  const asked = parseArgs(z.object(Paging), args);
  const people = channel.dmWith ? [channel.dmWith] : context.world.people.map((person) => person.id);
  const all = channel.botJoined ? [...people, context.world.app.userId] : people;
  const { items, next } = page(all, asked.limit, asked.cursor, (id) => id);
  return { members: items, ...cursorOf(next) } satisfies Omit<ConversationsMembersResponse, "ok">;
}
