import { and, asc, desc, eq, like } from "drizzle-orm";
import type { Db } from "../../db/client.ts";
import { audit } from "../../db/schema.ts";
import { type Actor, actorName } from "../kernel/actor.ts";
import type { FindingId } from "../kernel/ids.ts";

export interface AuditEntry {
  at: Date;
  actor: Actor;
  /** `state.open`, `approve`, `approve.refused`, `task.start` and the like. */
  action: string;
  finding: FindingId | null;
  /** What was known when it was decided. */
  detail: Record<string, unknown>;
}

/** Adds to the audit, in the transaction of what it tells of. */
export async function record(tx: Db, entry: AuditEntry): Promise<void> {
  await tx.insert(audit).values({
    at: entry.at,
    actor: actorName(entry.actor),
    action: entry.action,
    findingId: entry.finding,
    detail: entry.detail,
  });
}

export type AuditRow = typeof audit.$inferSelect;

/** The newest entries, of one finding or of all. */
export async function auditTrail(db: Db, finding: FindingId | null, limit: number): Promise<AuditRow[]> {
  const query = db.select().from(audit);
  const filtered = finding === null ? query : query.where(eq(audit.findingId, finding));
  return filtered.orderBy(desc(audit.id)).limit(limit);
}

const STATE = "state.";

/** The states a finding came through, oldest first, with when and by whom. */
export async function stateHistory(
  db: Db,
  finding: FindingId,
): Promise<{ state: string; at: Date; actor: string }[]> {
  const rows = await db
    .select({ action: audit.action, at: audit.at, actor: audit.actor })
    .from(audit)
    .where(and(eq(audit.findingId, finding), like(audit.action, `${STATE}%`)))
    .orderBy(asc(audit.id));
  return rows.map(({ action, at, actor }) => ({ state: action.slice(STATE.length), at, actor }));
}
