import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import type { Clock } from "../../kernel/clock.ts";
import { ChannelId, type FindingId, MessageTs } from "../../kernel/ids.ts";
import { sender } from "../../platform/outbox/sender.ts";
import { enqueueWrite } from "../../platform/outbox/store.ts";
import type { Chat } from "../../ports/chat.ts";

const Payload = z.object({ channel: ChannelId, thread: MessageTs, text: z.string() });

/** Decides an answer below a message; it is sent also while the service is paused, since somebody asked. */
export async function enqueueReply(
  tx: Db,
  clock: Clock,
  reply: { channel: ChannelId; thread: MessageTs; key: string; text: string; finding: FindingId | null },
): Promise<void> {
  const { channel, thread, text } = reply;
  await enqueueWrite(tx, clock, {
    destination: "slack",
    lane: channel,
    kind: "chat.reply",
    key: reply.key,
    payload: { channel, thread, text },
    finding: reply.finding,
    whilePaused: "go",
  });
}

/** Answers below a message. */
export const replySender = (deps: { chat: Chat }) =>
  sender<z.infer<typeof Payload>, MessageTs>({
    payload: Payload,
    async find({ channel, thread }, row) {
      const oldest = MessageTs.parse(String(row.createdAt.getTime() / 1000 - 60));
      const replies = await deps.chat.messages(channel, { thread, oldest });
      return replies.find((message) => message.key === row.key)?.ts ?? null;
    },
    send: ({ channel, thread, text }, row) => deps.chat.post(channel, { text }, { thread, key: row.key }),
  });
