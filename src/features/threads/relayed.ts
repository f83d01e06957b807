import { and, asc, eq, gte, sql } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { relayed, relayedCopies } from "../../../db/schema.ts";
import type { FindingId } from "../../kernel/ids.ts";
import { type Copy, missing } from "./relay-core.ts";
import type { Relayed } from "./store.ts";

export type Side = Relayed["from"];
export type CopyRow = typeof relayedCopies.$inferSelect;

/** A message as it is known; `lock` keeps others from changing it until the transaction ends. */
export async function relayedOf(
  db: Db,
  { finding, from, source }: { finding: FindingId; from: Side; source: string },
  options: { lock: boolean },
): Promise<Relayed | null> {
  const found = db
    .select()
    .from(relayed)
    .where(and(eq(relayed.findingId, finding), eq(relayed.from, from), eq(relayed.source, source)));
  const [row] = await (options.lock ? found.for("update") : found);
  return row ?? null;
}

export async function relayedById(db: Db, id: number): Promise<Relayed | null> {
  const [row] = await db.select().from(relayed).where(eq(relayed.id, id));
  return row ?? null;
}

/** Keeps a message. @returns null when somebody else just did. */
export async function addRelayed(tx: Db, row: typeof relayed.$inferInsert): Promise<Relayed | null> {
  const [added] = await tx.insert(relayed).values(row).onConflictDoNothing().returning();
  return added ?? null;
}

export async function updateRelayed(tx: Db, id: number, change: Partial<Relayed>): Promise<Relayed | null> {
  const [row] = await tx.update(relayed).set(change).where(eq(relayed.id, id)).returning();
  return row ?? null;
}

/** Messages of a finding that were first heard of at or after `since`, oldest first. */
export async function relayedSince(db: Db, finding: FindingId, since: Date): Promise<Relayed[]> {
  return db
    .select()
    .from(relayed)
    .where(and(eq(relayed.findingId, finding), gte(relayed.at, since)))
    .orderBy(asc(relayed.id));
}

/** Our copies of a message, by part. */
export async function copiesOf(db: Db, id: number): Promise<CopyRow[]> {
  return db
    .select()
    .from(relayedCopies)
    .where(eq(relayedCopies.relayedId, id))
    .orderBy(asc(relayedCopies.part));
}

export async function setCopy(tx: Db, id: number, part: number, copy: Copy): Promise<void> {
  await tx
    .insert(relayedCopies)
    .values({ relayedId: id, part, ...copy })
    .onConflictDoUpdate({ target: [relayedCopies.relayedId, relayedCopies.part], set: copy });
}

/** A write of a part was given up: it may have arrived all the same. */
export async function countParked(tx: Db, id: number, part: number): Promise<void> {
  await tx
    .insert(relayedCopies)
    .values({ relayedId: id, part, parked: 1 })
    .onConflictDoUpdate({
      target: [relayedCopies.relayedId, relayedCopies.part],
      set: { parked: sql`${relayedCopies.parked} + 1` },
    });
}

/** A message of one side, in a finding's conversation: comments of two forges may have the same number. */
export interface Place {
  finding: FindingId;
  from: Side;
  target: string;
}

const copiesAt = ({ finding, from, target }: Place) => {
  const other: Side = from === "slack" ? "github" : "slack";
  return and(eq(relayed.findingId, finding), eq(relayed.from, other), eq(relayedCopies.target, target));
};

/** True when a message of one side is our copy of what was said on the other. */
export async function isCopy(db: Db, place: Place): Promise<boolean> {
  const found = await db
    .select({ id: relayed.id })
    .from(relayedCopies)
    .innerJoin(relayed, eq(relayed.id, relayedCopies.relayedId))
    .where(copiesAt(place));
  return found.length > 0;
}

/** We are about to take a copy away; what it says is not known from now on. */
export async function setRemoving(db: Db, id: number, part: number): Promise<void> {
  await db
    .update(relayedCopies)
    .set({ removing: true, digest: null })
    .where(and(eq(relayedCopies.relayedId, id), eq(relayedCopies.part, part)));
}

/** Our copy is not there any more. Where that was not our doing it stays away, whatever its original says later. */
export async function markGone(tx: Db, place: Place): Promise<void> {
  const found = await tx
    .select({ copy: relayedCopies })
    .from(relayedCopies)
    .innerJoin(relayed, eq(relayed.id, relayedCopies.relayedId))
    .where(copiesAt(place));
  for (const { copy } of found) {
    const { target: now, digest, gone, removing } = missing(copy);
    await tx
      .update(relayedCopies)
      .set({ target: now, digest, gone, removing })
      .where(and(eq(relayedCopies.relayedId, copy.relayedId), eq(relayedCopies.part, copy.part)));
  }
}
