import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import type { Clock } from "../../kernel/clock.ts";
import { FindingId, MessageTs } from "../../kernel/ids.ts";
import { sender } from "../../platform/outbox/sender.ts";
import { enqueueWrite } from "../../platform/outbox/store.ts";
import type { Context } from "../context.ts";
import { findingById } from "../findings/store.ts";
import { type Thread, threadOf } from "./store.ts";

type Deps = Pick<Context, "db" | "clock" | "chat">;

const Payload = z.object({ finding: FindingId, text: z.string() });

/** The thread of a finding that may be told something unasked; null where there is none, or the finding is muted. */
export async function threadToTell(tx: Db, clock: Clock, finding: FindingId): Promise<Thread | null> {
  const mutedUntil = (await findingById(tx, finding))?.mutedUntil ?? null;
  return mutedUntil !== null && mutedUntil > clock.now() ? null : threadOf(tx, finding);
}

/**
 * Decides a short line in a finding's thread. `text` is mrkdwn, escaped by the writer of it. Without a thread
 * nothing is said: the card, once posted, shows the state. A muted finding is kept quiet about.
 */
export async function enqueueNote(
  tx: Db,
  clock: Clock,
  note: { finding: FindingId; key: string; text: string; whilePaused?: "wait" | "go" | "drop" },
): Promise<void> {
  const thread = await threadToTell(tx, clock, note.finding);
  if (thread === null) return;
  await enqueueWrite(tx, clock, {
    destination: "slack",
    lane: thread.channel,
    kind: "thread.note",
    key: note.key,
    payload: { finding: note.finding, text: note.text },
    finding: note.finding,
    whilePaused: note.whilePaused ?? "wait",
  });
}

/** Finds the reply that an interrupted send left in the thread, by its key. */
export async function findReply(
  deps: Deps,
  finding: FindingId,
  key: string,
  since: Date,
): Promise<MessageTs | null> {
  const thread = await threadOf(deps.db, finding);
  if (thread === null) return null;
  const oldest = MessageTs.parse(String(since.getTime() / 1000 - 60));
  const replies = await deps.chat.messages(thread.channel, { thread: thread.ts, oldest });
  return replies.find((message) => message.key === key)?.ts ?? null;
}

/** Writes a line into a finding's thread. */
export const noteSender = (deps: Deps) =>
  sender<z.infer<typeof Payload>, MessageTs>({
    payload: Payload,
    find: ({ finding }, row) => findReply(deps, finding, row.key, row.createdAt),
    async send({ finding, text }, row) {
      const thread = await threadOf(deps.db, finding);
      if (thread === null) return null;
      return deps.chat.post(thread.channel, { text }, { thread: thread.ts, key: row.key });
    },
  });
