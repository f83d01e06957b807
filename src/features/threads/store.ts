import { and, asc, desc, eq } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { relayed, threads } from "../../../db/schema.ts";
import { ChannelId, type FindingId, MessageTs } from "../../kernel/ids.ts";

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

/** The thread whose card is this message. */
export async function threadAt(db: Db, channel: string, ts: string): Promise<Thread | null> {
  const [row] = await db
    .select()
    .from(threads)
    .where(and(eq(threads.channel, channel), eq(threads.ts, ts)));
  return row === undefined ? null : toThread(row);
}

export async function addThread(tx: Db, row: typeof threads.$inferInsert): Promise<void> {
  await tx.insert(threads).values(row).onConflictDoNothing();
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
