import { z } from "zod";
import { MessageTs } from "../../kernel/ids.ts";
import type { Chat } from "../../ports/chat.ts";
import { clampMessage } from "../../ports/chat-limits.ts";
import { type Call, createCall, type SlackOptions } from "./client.ts";
import { createDirectory } from "./directory.ts";
import { refusedAs } from "./errors.ts";
import { EVENT_TYPE, readMessages } from "./reading.ts";

export type { SlackOptions } from "./client.ts";

const Nothing = z.unknown();
const Posted = z.object({ ts: MessageTs });
const Link = z.object({ permalink: z.string() });

/** Slack as the stages see it. Every call is made once; messages are cut to Slack's limits. */
export function createSlack(options: SlackOptions): Chat {
  const call = createCall(options);
  return {
    ...createDirectory(call, options.clock),
    ...createWriting(call),
    messages: (channel, window) => readMessages(call, options.log, channel, window),
    async permalink(channel, ts) {
      const link = await call("chat.getPermalink", Link, (client) =>
        client.chat.getPermalink({ channel, message_ts: ts }),
      );
      return link.permalink;
    },
  };
}

type Writing = Pick<Chat, "post" | "update" | "remove" | "whisper" | "react" | "unreact" | "openView">;

const keyed = (key: string) => ({ metadata: { event_type: EVENT_TYPE, event_payload: { key } } });

function createWriting(call: Call): Writing {
  return {
    async post(channel, message, { thread, key }) {
      const { text, blocks } = clampMessage(message);
      const sent = await call("chat.postMessage", Posted, (client) =>
        client.chat.postMessage({
          channel,
          text,
          ...(blocks === undefined ? {} : { blocks }),
          ...(thread === undefined ? {} : { thread_ts: thread }),
          ...keyed(key),
          unfurl_links: false,
          unfurl_media: false,
        }),
      );
      return sent.ts;
    },
    async update(channel, ts, message, key) {
      const { text, blocks } = clampMessage(message);
      await call("chat.update", Nothing, (client) =>
        // without the field Slack would keep the blocks of before
        client.chat.update({ channel, ts, text, blocks: blocks ?? [], ...keyed(key) }),
      );
    },
    async remove(channel, ts) {
      await unless(
        ["message_not_found"],
        call("chat.delete", Nothing, (client) => client.chat.delete({ channel, ts })),
      );
    },
    async whisper(channel, user, message, thread) {
      const { text, blocks } = clampMessage(message);
      await call("chat.postEphemeral", Nothing, (client) =>
        client.chat.postEphemeral({
          channel,
          user,
          text,
          ...(blocks === undefined ? {} : { blocks }),
          ...(thread === null ? {} : { thread_ts: thread }),
        }),
      );
    },
    async react(channel, ts, emoji) {
      const reaction = { channel, timestamp: ts, name: emoji };
      await unless(
        ["already_reacted"],
        call("reactions.add", Nothing, (client) => client.reactions.add(reaction)),
      );
    },
    async unreact(channel, ts, emoji) {
      const reaction = { channel, timestamp: ts, name: emoji };
      await unless(
        ["no_reaction"],
        call("reactions.remove", Nothing, (client) => client.reactions.remove(reaction)),
      );
    },
    async openView(triggerId, view) {
      await call("views.open", Nothing, (client) => client.views.open({ trigger_id: triggerId, view }));
    },
  };
}

/** Waits for work; a refusal with one of these codes says that it was done before. */
async function unless(done: string[], work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!refusedAs(error, ...done)) throw error;
  }
}
