import { and, desc, eq, isNull } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { approvals } from "../../../db/schema.ts";
import type { FindingId } from "../../kernel/ids.ts";

export type Approval = typeof approvals.$inferSelect;

export async function addApproval(tx: Db, row: typeof approvals.$inferInsert): Promise<void> {
  await tx.insert(approvals).values(row);
}

/** The newest approval that was not taken back; whether it has expired is for the caller to see. */
export async function standingApproval(db: Db, finding: FindingId): Promise<Approval | null> {
  const [row] = await db
    .select()
    .from(approvals)
    .where(and(eq(approvals.findingId, finding), isNull(approvals.revokedAt)))
    .orderBy(desc(approvals.id))
    .limit(1);
  return row ?? null;
}

/** Takes back every approval of a finding that stands. */
export async function revokeApprovals(tx: Db, finding: FindingId, at: Date): Promise<void> {
  await tx
    .update(approvals)
    .set({ revokedAt: at })
    .where(and(eq(approvals.findingId, finding), isNull(approvals.revokedAt)));
}

/** Marks an approval as the one a task runs on. */
export async function useApproval(tx: Db, id: number, at: Date): Promise<void> {
  await tx.update(approvals).set({ usedAt: at }).where(eq(approvals.id, id));
}
