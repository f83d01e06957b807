import { createHash } from "node:crypto";
import { and, count, desc, eq, isNull, ne, notInArray, or } from "drizzle-orm";
import type { Db } from "../../../../db/client.ts";
import { nodeRuns, workers } from "../../../../db/schema.ts";
import { TaskId } from "../../../kernel/ids.ts";
import { FixSummary, type PatchFixer } from "../model.ts";

type Row = typeof nodeRuns.$inferSelect;

/** One attempt of a task on a node. */
export interface NodeRun extends Omit<Row, "taskId"> {
  taskId: TaskId;
}

const toRun = (row: Row): NodeRun => ({ ...row, taskId: TaskId.parse(row.taskId) });

/** Why a run ended that the node never took up: it does not count against the task. */
export const NOT_TAKEN = "not taken";

/** What is kept of a token or a report: enough to know it again. */
export const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

export async function addRun(tx: Db, row: typeof nodeRuns.$inferInsert): Promise<void> {
  await tx.insert(nodeRuns).values(row);
}

export async function runningRuns(db: Db): Promise<NodeRun[]> {
  return (await db.select().from(nodeRuns).where(eq(nodeRuns.state, "running"))).map(toRun);
}

/** The run whose token this is; the token decides, not what the request says. */
export async function runOfToken(db: Db, token: string): Promise<NodeRun | null> {
  const [row] = await db
    .select()
    .from(nodeRuns)
    .where(eq(nodeRuns.token, digestOf(token)));
  return row === undefined ? null : toRun(row);
}

/** That attempt's run; null where it was none on a node. */
export async function runOf(db: Db, run: Pick<NodeRun, "taskId" | "attempt">): Promise<NodeRun | null> {
  const [row] = await db.select().from(nodeRuns).where(isRun(run));
  return row === undefined ? null : toRun(row);
}

/** Changes a run that is still under way. @returns whether it was. */
export async function changeRun(
  tx: Db,
  run: Pick<NodeRun, "taskId" | "attempt">,
  change: Partial<Row>,
): Promise<boolean> {
  const done = await tx
    .update(nodeRuns)
    .set(change)
    .where(and(isRun(run), eq(nodeRuns.state, "running")))
    .returning({ attempt: nodeRuns.attempt });
  return done.length === 1;
}

const isRun = (run: Pick<NodeRun, "taskId" | "attempt">) =>
  and(eq(nodeRuns.taskId, run.taskId), eq(nodeRuns.attempt, run.attempt));

/** The sealed credential of a run, while it is lent. */
export async function credentialOf(db: Db, run: Pick<NodeRun, "taskId" | "attempt">): Promise<string | null> {
  const [row] = await db.select({ credential: nodeRuns.credential }).from(nodeRuns).where(isRun(run));
  return row?.credential ?? null;
}

export async function dropCredential(db: Db, run: Pick<NodeRun, "taskId" | "attempt">): Promise<void> {
  await db.update(nodeRuns).set({ credential: null }).where(isRun(run));
}

/** How many runs of a task a node took up and did not bring to an end. */
export async function lostRuns(db: Db, task: TaskId): Promise<number> {
  const [row] = await db
    .select({ n: count() })
    .from(nodeRuns)
    .where(
      and(
        eq(nodeRuns.taskId, task),
        eq(nodeRuns.state, "ended"),
        or(isNull(nodeRuns.why), ne(nodeRuns.why, NOT_TAKEN)),
      ),
    );
  return row?.n ?? 0;
}

/** The change that a node reported for a task; null where its newest run has none. */
export async function broughtPatch(db: Db, task: TaskId): Promise<PatchFixer | null> {
  const [row] = await db
    .select()
    .from(nodeRuns)
    .where(eq(nodeRuns.taskId, task))
    .orderBy(desc(nodeRuns.attempt))
    .limit(1);
  if (row?.state !== "reported" || row.patch === null) return null;
  const summary = FixSummary.safeParse(row.summary);
  return { kind: "patch", patch: row.patch, summary: summary.success ? summary.data : null };
}

/** A node's row among the workers; one that is away keeps the time it was heard of last. */
export async function noteNode(db: Db, row: typeof workers.$inferInsert): Promise<void> {
  const { id: _, startedAt: __, ...seen } = row;
  const set = row.fault == null ? seen : { labels: row.labels, fault: row.fault, stoppedAt: null };
  await db.insert(workers).values(row).onConflictDoUpdate({ target: workers.id, set });
}

/** Nodes that the settings name no more are shown as stopped. */
export async function forgetNodes(db: Db, known: readonly string[], now: Date): Promise<void> {
  const others = known.length === 0 ? undefined : notInArray(workers.id, [...known]);
  await db
    .update(workers)
    .set({ stoppedAt: now })
    .where(and(eq(workers.kind, "node"), isNull(workers.stoppedAt), others));
}
