import { and, asc, desc, eq, isNull } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { formerThreads, relayed, threads } from "../../../db/schema.ts";
import { ChannelId, FindingId, MessageTs } from "../../kernel/ids.ts";

type ThreadColumns = typeof threads.$inferSelect;
export interface Thread extends Omit<ThreadColumns, "channel" | "ts"> {
  channel: ChannelId;
  ts: MessageTs;
}
export type Relayed = typeof relayed.$inferSelect;

const toThread = (row: ThreadColumns): Thread => ({
  ...row,
  channel: ChannelId.parse(row.channel),
  ts: MessageTs.parse(row.ts),
});

export async function threadOf(db: Db, finding: FindingId): Promise<Thread | null> {
  const [row] = await db.select().from(threads).where(eq(threads.findingId, finding));
  return row === undefined ? null : toThread(row);
}

/** The thread of the finding whose card this message is, or was before it was deleted. */
export async function threadAt(db: Db, channel: string, ts: string): Promise<Thread | null> {
  const [row] = await db
    .select()
    .from(threads)
    .where(and(eq(threads.channel, channel), eq(threads.ts, ts)));
  if (row !== undefined) return toThread(row);
  const [former] = await db
    .select({ thread: threads })
    .from(formerThreads)
    .innerJoin(threads, eq(threads.findingId, formerThreads.findingId))
    .where(and(eq(formerThreads.channel, channel), eq(formerThreads.ts, ts)));
  return former === undefined ? null : toThread(former.thread);
}

/** Where else people may have talked about a finding: below cards that were deleted since. */
export async function formerThreadsOf(
  db: Db,
  finding: FindingId,
): Promise<{ channel: ChannelId; ts: MessageTs }[]> {
  const rows = await db
    .select({ channel: formerThreads.channel, ts: formerThreads.ts })
    .from(formerThreads)
    .where(eq(formerThreads.findingId, finding))
    .orderBy(asc(formerThreads.ts));
  return rows.map(({ channel, ts }) => ({ channel: ChannelId.parse(channel), ts: MessageTs.parse(ts) }));
}

/** Keeps where a finding's card is. @returns the thread of the card before it, if there was another. */
export async function setThread(
  tx: Db,
  row: Pick<ThreadColumns, "channel" | "ts" | "permalink" | "cardDigest" | "createdAt"> & {
    findingId: FindingId;
  },
): Promise<Thread | null> {
  const before = await threadOf(tx, row.findingId);
  if (before === null) {
    await tx.insert(threads).values(row);
    return null;
  }
  if (before.channel === row.channel && before.ts === row.ts) return null;
  const { channel, ts, findingId } = before;
  await tx.insert(formerThreads).values({ channel, ts, findingId }).onConflictDoNothing();
  await updateThread(tx, row.findingId, { ...row, reaction: null, goneAt: null });
  return before;
}

/** Notes that somebody deleted a card. @returns its finding; null where it is none of ours, or that is known. */
export async function noteGone(tx: Db, channel: string, ts: string, at: Date): Promise<FindingId | null> {
  const [row] = await tx
    .update(threads)
    .set({ goneAt: at })
    .where(and(eq(threads.channel, channel), eq(threads.ts, ts), isNull(threads.goneAt)))
    .returning({ finding: threads.findingId });
  return row === undefined ? null : FindingId.parse(row.finding);
}

export async function updateThread(
  tx: Db,
  finding: FindingId,
  change: Partial<ThreadColumns>,
): Promise<void> {
  await tx.update(threads).set(change).where(eq(threads.findingId, finding));
}

/** What was said about a finding and still stands, oldest first; the newest `limit` of it. */
export async function conversation(db: Db, finding: FindingId, limit: number): Promise<Relayed[]> {
  const newest = db
    .select()
    .from(relayed)
    .where(and(eq(relayed.findingId, finding), eq(relayed.state, "said")))
    .orderBy(desc(relayed.id))
    .limit(limit)
    .as("newest");
  return db.select().from(newest).orderBy(asc(newest.id));
}
