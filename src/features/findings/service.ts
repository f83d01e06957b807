import { and, eq, inArray } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { findings, fingerprints } from "../../../db/schema.ts";
import { type Actor, bot } from "../../kernel/actor.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { FindingId, Fingerprint } from "../../kernel/ids.ts";
import { record } from "../../platform/audit.ts";
import type { Queue } from "../../platform/queue.ts";
import { ARROWS, type Finding, type State, toFinding } from "./model.ts";
import { type FindingFacts, updateFacts } from "./store.ts";

interface Deps {
  clock: Clock;
  queue: Queue;
}

export interface Change {
  finding: FindingId;
  to: State;
  /** The states it may come from; anything else leaves the finding alone. */
  from: readonly State[];
  actor: Actor;
  /** Why, for the audit. */
  why: string;
  detail?: Record<string, unknown>;
  facts?: FindingFacts;
}

/**
 * Changes a finding's state by one conditional update, with its audit row and a refresh of the card, in the
 * caller's transaction. The only place where a state changes.
 * @returns the finding as it is now, or null when it was in none of the `from` states.
 * @throws Error for an arrow that the state machine does not have.
 */
export async function changeState(deps: Deps, tx: Db, change: Change): Promise<Finding | null> {
  const wrong = change.from.filter((state) => !ARROWS[state].includes(change.to));
  if (wrong.length > 0) throw new Error(`no arrow from ${wrong.join(", ")} to ${change.to}`);
  const at = deps.clock.now();
  const [row] = await tx
    .update(findings)
    .set({ ...change.facts, state: change.to, stateAt: at })
    .where(and(eq(findings.id, change.finding), inArray(findings.state, [...change.from])))
    .returning();
  if (row === undefined) return null;
  await record(tx, {
    at,
    actor: change.actor,
    action: `state.${change.to}`,
    finding: change.finding,
    detail: { why: change.why, ...change.detail },
  });
  await refreshCard(deps, tx, change.finding);
  // the issue says the state as well
  if (row.issueNumber !== null) {
    await deps.queue.send(tx, "issue.sync", { finding: change.finding }, { key: String(change.finding) });
  }
  return toFinding(row);
}

/** Writes facts that show on the card and enqueues its refresh. */
export async function noteFacts(deps: Deps, tx: Db, finding: FindingId, facts: FindingFacts): Promise<void> {
  await updateFacts(tx, finding, facts);
  await refreshCard(deps, tx, finding);
}

/** Enqueues bringing the card up to date. */
export const refreshCard = (deps: Pick<Deps, "queue">, tx: Db, finding: FindingId): Promise<void> =>
  deps.queue.send(tx, "card.refresh", { finding }, { key: String(finding) });

/** Opens a finding in state `new` for a fingerprint that belongs to none; a fingerprint that does is left there. */
export async function createFinding(
  deps: Deps,
  tx: Db,
  values: Omit<typeof findings.$inferInsert, "state" | "stateAt">,
  fingerprint: Fingerprint,
): Promise<Finding> {
  const at = deps.clock.now();
  const [row] = await tx
    .insert(findings)
    .values({ ...values, state: "new", stateAt: at })
    .returning();
  if (row === undefined) throw new Error("insert returned nothing");
  const finding = toFinding(row);
  const detail = { why: "first seen", test: finding.test };
  await record(tx, { at, actor: bot, action: "state.new", finding: finding.id, detail });
  await addFingerprint(tx, finding.id, fingerprint, values.signature, values.firstSeen);
  return finding;
}

/** Gives a further way of failing to a finding. */
export async function addFingerprint(
  tx: Db,
  finding: FindingId,
  fingerprint: Fingerprint,
  signature: string,
  firstSeen: Date,
): Promise<void> {
  await tx
    .insert(fingerprints)
    .values({ fingerprint, findingId: finding, signature, firstSeen })
    .onConflictDoNothing();
}
