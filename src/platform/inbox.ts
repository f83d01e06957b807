import { and, asc, eq, inArray, isNull, lt, sql } from "drizzle-orm";
import type { Db } from "../../db/client.ts";
import { inbox } from "../../db/schema.ts";
import type { Clock } from "../kernel/clock.ts";
import { storable } from "../kernel/text/storable.ts";
import type { Queue } from "./queue.ts";

export type Delivery = typeof inbox.$inferSelect;
export type DeliverySource = Delivery["source"];

interface Arrival {
  source: DeliverySource;
  deliveryId: string;
  kind: string;
  payload: unknown;
}

/**
 * Keeps a delivery under the sender's id and enqueues its handling, in one transaction; only then may the sender
 * be answered.
 * @param worth false where nothing is made of it: it is kept as worked off.
 * @returns its id and whether it is new; a repeat is not kept again.
 */
export async function receive(
  deps: { db: Db; clock: Clock; queue: Queue },
  arrival: Arrival,
  worth = true,
): Promise<{ id: number; fresh: boolean }> {
  if (!worth) return store(deps.db, deps.clock, arrival, true);
  return deps.db.transaction(async (tx) => {
    const stored = await store(tx, deps.clock, arrival);
    if (stored.fresh) await deps.queue.send(tx, "inbox.handle", { id: stored.id });
    return stored;
  });
}

/**
 * Keeps a delivery that the same process handles at once, such as a command whose answer is awaited.
 * @param done nothing is left to do for it but to answer: it is kept as worked off.
 */
export async function store(
  tx: Db,
  clock: Clock,
  arrival: Arrival,
  done = false,
): Promise<{ id: number; fresh: boolean }> {
  const receivedAt = clock.now();
  const [added] = await tx
    .insert(inbox)
    .values({ ...arrival, payload: storable(arrival.payload), receivedAt, doneAt: done ? receivedAt : null })
    .onConflictDoNothing()
    .returning({ id: inbox.id });
  if (added !== undefined) return { id: added.id, fresh: true };
  const [known] = await tx
    .select({ id: inbox.id })
    .from(inbox)
    .where(and(eq(inbox.source, arrival.source), eq(inbox.deliveryId, arrival.deliveryId)));
  return { id: known?.id ?? 0, fresh: false };
}

/** Those of `ids` under which nothing of this source is kept, in their order. */
export async function unheard(db: Db, source: DeliverySource, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const kept = await db
    .select({ id: inbox.deliveryId })
    .from(inbox)
    .where(and(eq(inbox.source, source), inArray(inbox.deliveryId, [...ids])));
  const known = new Set(kept.map(({ id }) => id));
  return new Set(ids.filter((id) => !known.has(id)));
}

export async function readDelivery(db: Db, id: number): Promise<Delivery | null> {
  const [row] = await db.select().from(inbox).where(eq(inbox.id, id));
  return row ?? null;
}

/** Marks a delivery as worked off. */
export async function finish(tx: Db, clock: Clock, id: number): Promise<void> {
  await tx.update(inbox).set({ doneAt: clock.now(), error: null }).where(eq(inbox.id, id));
}

/**
 * Marks that whoever waits is told what came of a delivery, before it is said: where the process ends in between nothing is
 * said, and not twice after the restart. @returns false where that was marked before.
 */
export async function tellFirst(db: Db, clock: Clock, id: number): Promise<boolean> {
  const marked = await db
    .update(inbox)
    .set({ toldAt: clock.now() })
    .where(and(eq(inbox.id, id), isNull(inbox.toldAt)))
    .returning({ id: inbox.id });
  return marked.length > 0;
}

/** Keeps why a delivery could not be worked off; it stays open. */
export async function fail(db: Db, id: number, error: string): Promise<void> {
  await db
    .update(inbox)
    .set({ attempts: sql`${inbox.attempts} + 1`, error })
    .where(eq(inbox.id, id));
}

/** Closes a delivery that could not be worked off and is not to be tried again, with the reason. */
export async function giveUp(db: Db, clock: Clock, id: number, error: string): Promise<void> {
  await db
    .update(inbox)
    .set({ attempts: sql`${inbox.attempts} + 1`, doneAt: clock.now(), error })
    .where(eq(inbox.id, id));
}

/** Deliveries still open that came before `before`: what a crash between answer and work left behind. */
export async function openDeliveries(db: Db, before: Date): Promise<number[]> {
  const found = await db
    .select({ id: inbox.id })
    .from(inbox)
    .where(and(isNull(inbox.doneAt), lt(inbox.receivedAt, before)))
    .orderBy(asc(inbox.id))
    .limit(200);
  return found.map((row) => row.id);
}

/** Forgets deliveries that were worked off before `before`. */
export async function pruneInbox(db: Db, before: Date): Promise<void> {
  await db.delete(inbox).where(lt(inbox.doneAt, before));
}
