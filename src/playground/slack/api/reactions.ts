import type { ReactionsGetResponse } from "@slack/web-api";
import { z } from "zod";
import { isEmoji } from "../emoji.ts";
import { setReaction } from "../posting.ts";
import { shown } from "../reading.ts";
import { parseArgs, Text } from "./args.ts";
import { type ApiContext, type Args, messageAt, writable } from "./context.ts";
import { ApiError } from "./error.ts";

const ReactionArgs = z.object({ channel: Text, timestamp: Text, name: z.string() });

function react(context: ApiContext, args: Args, on: boolean): boolean {
  const asked = parseArgs(ReactionArgs, args);
  const name = asked.name.replace(/^:|:$/g, "");
  if (!isEmoji(name)) throw new ApiError("invalid_name");
  const channel = writable(context, asked.channel);
  const message = messageAt(context, channel, asked.timestamp);
  return setReaction(context.world, channel, message, { name, user: context.world.app.userId, on });
}

/** reactions.add */
export function add(context: ApiContext, args: Args) {
  if (!react(context, args, true)) throw new ApiError("already_reacted");
  return {};
}

/** reactions.remove */
export function remove(context: ApiContext, args: Args) {
  if (!react(context, args, false)) throw new ApiError("no_reaction");
  return {};
}

/** reactions.get */
export function get(context: ApiContext, args: Args) {
  const asked = parseArgs(z.object({ channel: Text, timestamp: Text }), args);
  const channel = writable(context, asked.channel);
  const message = shown(context.world, channel.id, messageAt(context, channel, asked.timestamp));
  const answer = { type: "message", channel: channel.id, message };
  return answer satisfies Omit<ReactionsGetResponse, "ok" | "message">;
}
