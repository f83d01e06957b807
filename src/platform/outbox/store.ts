import { and, asc, eq, inArray, lt, lte, notInArray, sql } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { outbox } from "../../../db/schema.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { FindingId } from "../../kernel/ids.ts";
import type { Destination, OutboxRow } from "./sender.ts";

export interface Write {
  destination: Destination;
  /** Writes of one lane go out in order: `channel` or `owner/name#number`. */
  lane: string;
  kind: string;
  key: string;
  payload: Record<string, unknown>;
  finding: FindingId | null;
  /** `wait` until resumed (the default), `go` on (answers to people), or be dropped when stale (progress). */
  whilePaused?: "wait" | "go" | "drop";
}

/** Decides a write, in the transaction that has the reason for it. A key that was used before adds nothing. */
export async function enqueueWrite(tx: Db, clock: Clock, write: Write): Promise<boolean> {
  const now = clock.now();
  const added = await tx
    .insert(outbox)
    .values({
      destination: write.destination,
      lane: write.lane,
      kind: write.kind,
      key: write.key,
      payload: write.payload,
      findingId: write.finding,
      whilePaused: write.whilePaused ?? "wait",
      nextAt: now,
      createdAt: now,
    })
    .onConflictDoNothing()
    .returning({ id: outbox.id });
  return added.length === 1;
}

/**
 * Decides to bring something at the destination up to date. The sender renders what is true when it writes, so one
 * waiting write of a kind and lane serves all changes before it.
 */
export async function enqueueRefresh(tx: Db, clock: Clock, write: Omit<Write, "key">): Promise<void> {
  // held until the caller's transaction ends: the writer must not render before it what is true only after it
  const [waiting] = await tx
    .select({ id: outbox.id })
    .from(outbox)
    .where(
      and(
        eq(outbox.kind, write.kind),
        eq(outbox.lane, write.lane),
        eq(outbox.state, "pending"),
        sql`${outbox.payload} = ${JSON.stringify(write.payload)}::jsonb`,
      ),
    )
    .limit(1)
    .for("share");
  if (waiting === undefined)
    await enqueueWrite(tx, clock, { ...write, key: `${write.kind}:${crypto.randomUUID()}` });
}

/** Whether a write of this kind about a finding is decided and not out yet. */
export const isUnderWay = async (db: Db, kind: string, finding: FindingId): Promise<boolean> =>
  (await db.$count(
    outbox,
    and(eq(outbox.kind, kind), eq(outbox.findingId, finding), inArray(outbox.state, ["pending", "sending"])),
  )) > 0;

/** The next row to write: due, and first in its lane. While paused only rows that may go are looked at. */
export async function nextRow(
  db: Db,
  now: Date,
  destination: Destination,
  paused: boolean,
): Promise<OutboxRow | null> {
  const mayGo = (table: string) => (paused ? sql`${sql.raw(table)}.while_paused = 'go'` : sql`true`);
  const [row] = await db
    .select()
    .from(outbox)
    .where(
      and(
        eq(outbox.destination, destination),
        inArray(outbox.state, ["pending", "sending"]),
        lte(outbox.nextAt, now),
        mayGo("outbox"),
        sql`not exists (select 1 from outbox earlier where earlier.destination = ${outbox.destination}
          and earlier.lane = ${outbox.lane} and earlier.id < ${outbox.id}
          and earlier.state in ('pending', 'sending') and ${mayGo("earlier")})`,
      ),
    )
    .orderBy(asc(outbox.id))
    .limit(1);
  return row ?? null;
}

export const markSending = (db: Db, id: number) =>
  db
    .update(outbox)
    .set({ state: "sending", attempts: sql`${outbox.attempts} + 1` })
    .where(eq(outbox.id, id));

export const markEnded = (
  tx: Db,
  clock: Clock,
  id: number,
  state: "sent" | "dropped" | "parked",
  error: string | null,
) => tx.update(outbox).set({ state, sentAt: clock.now(), error }).where(eq(outbox.id, id));

export const markLater = (db: Db, id: number, nextAt: Date, error: string) =>
  db.update(outbox).set({ state: "pending", nextAt, error }).where(eq(outbox.id, id));

/** Progress notes that waited through a pause are stale: they are not sent. */
export const dropStale = (db: Db, clock: Clock) =>
  db
    .update(outbox)
    .set({ state: "dropped", sentAt: clock.now() })
    .where(and(eq(outbox.state, "pending"), eq(outbox.whilePaused, "drop")));

/** Writes that are not out yet. */
export async function waitingWrites(db: Db): Promise<number> {
  return db.$count(outbox, inArray(outbox.state, ["pending", "sending"]));
}

/** Forgets writes that ended before `before`, but for those of the kinds `kept`. */
export async function pruneOutbox(db: Db, before: Date, kept: readonly string[] = []): Promise<void> {
  const ended = and(inArray(outbox.state, ["sent", "dropped"]), lt(outbox.sentAt, before));
  await db.delete(outbox).where(and(ended, notInArray(outbox.kind, [...kept])));
}
