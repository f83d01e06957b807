import { z } from "zod";
import type { ChannelId, MessageTs } from "../../kernel/ids.ts";
import { ChatUserId, MessageTs as Ts } from "../../kernel/ids.ts";
import type { Log } from "../../kernel/log.ts";
import type { PostedMessage } from "../../ports/chat.ts";
import type { Call } from "./client.ts";

/** Marks the messages that carry a key of ours. */
export const EVENT_TYPE = "flaky_message";

const PAGE = 200;
const MOST_PAGES = 50;

/** What somebody said; the other subtypes tell of joins, topics and the like. */
const SAID = new Set(["bot_message", "thread_broadcast", "file_share", "me_message"]);

const File = z.object({
  name: z.string().nullish(),
  title: z.string().nullish(),
  permalink: z.string().optional(),
});

const Message = z.object({
  ts: Ts,
  thread_ts: Ts.optional(),
  subtype: z.string().optional(),
  user: ChatUserId.optional(),
  bot_id: z.string().optional(),
  text: z.string().default(""),
  files: z.array(File).optional().catch(undefined),
  edited: z.object({ ts: Ts }).optional().catch(undefined),
  metadata: z
    .object({ event_type: z.string(), event_payload: z.looseObject({ key: z.string() }) })
    .optional()
    .catch(undefined),
});

const Page = z.object({
  messages: z.array(Message),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

export interface Window {
  thread?: MessageTs;
  oldest?: MessageTs;
}

/** What was said in a channel or a thread, at or after `oldest`, oldest first. */
export async function readMessages(
  call: Call,
  log: Log,
  channel: ChannelId,
  { thread, oldest }: Window,
): Promise<PostedMessage[]> {
  const query = {
    channel,
    limit: PAGE,
    inclusive: true,
    include_all_metadata: true,
    ...(oldest === undefined ? {} : { oldest }),
  };
  const method = thread === undefined ? "conversations.history" : "conversations.replies";
  const found = new Map<string, PostedMessage>();
  let cursor = "";
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const paged = { ...query, ...(cursor === "" ? {} : { cursor }) };
    const { messages, response_metadata } = await call(method, Page, ({ conversations }) =>
      thread === undefined ? conversations.history(paged) : conversations.replies({ ...paged, ts: thread }),
    );
    for (const message of messages) {
      const said = message.subtype === undefined || SAID.has(message.subtype);
      // a thread's first message comes with every window
      const inside = oldest === undefined || compareTs(message.ts, oldest) >= 0;
      if (said && inside) found.set(message.ts, posted(message));
    }
    cursor = response_metadata?.next_cursor ?? "";
    if (cursor === "") break;
  }
  if (cursor !== "") log.warn({ channel, thread }, `${method}: more messages than are read at once`);
  return [...found.values()].sort((a, b) => compareTs(a.ts, b.ts));
}

const posted = (message: z.output<typeof Message>): PostedMessage => ({
  ts: message.ts,
  threadTs: message.thread_ts ?? null,
  user: message.user ?? null,
  botId: message.bot_id ?? null,
  text: message.text,
  files: (message.files ?? []).map((file) => ({
    name: file.name ?? file.title ?? "file",
    url: file.permalink ?? null,
  })),
  edited: message.edited?.ts ?? null,
  key: message.metadata?.event_type === EVENT_TYPE ? message.metadata.event_payload.key : null,
});

/** Orders timestamps `seconds.micros`; they have more digits than a number holds. */
function compareTs(a: string, b: string): number {
  const [left, right] = [micros(a), micros(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function micros(ts: string): bigint {
  const [, seconds = "0", fraction = ""] = /^(\d+)(?:\.(\d*))?$/.exec(ts) ?? [];
  return BigInt(`${seconds}${fraction.slice(0, 6).padEnd(6, "0")}`);
}
