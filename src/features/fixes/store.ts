import { and, desc, eq, inArray, isNull, like, lt, not, or, sql } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import { tasks, workers } from "../../../db/schema.ts";
import { FindingId, type Sha, TaskId } from "../../kernel/ids.ts";

type Row = typeof tasks.$inferSelect;

export interface Task extends Omit<Row, "id" | "findingId" | "labels"> {
  id: TaskId;
  findingId: FindingId;
  labels: string[];
}

const toTask = (row: Row): Task => ({
  ...row,
  id: TaskId.parse(row.id),
  findingId: FindingId.parse(row.findingId),
  labels: z.array(z.string()).parse(row.labels),
});

const LIVE = ["queued", "running", "publishing"] as const;

export async function taskById(db: Db, id: TaskId): Promise<Task | null> {
  const [row] = await db.select().from(tasks).where(eq(tasks.id, id));
  return row === undefined ? null : toTask(row);
}

/** The task of a finding that is queued or at work; there is at most one. */
export async function liveTask(db: Db, finding: FindingId): Promise<Task | null> {
  const [row] = await db
    .select()
    .from(tasks)
    .where(and(eq(tasks.findingId, finding), inArray(tasks.state, [...LIVE])));
  return row === undefined ? null : toTask(row);
}

/** The finding's newest task that came to its end well: what the pull request holds now. */
export async function newestDone(db: Db, finding: FindingId): Promise<Task | null> {
  const [row] = await db
    .select()
    .from(tasks)
    .where(and(eq(tasks.findingId, finding), eq(tasks.state, "done")))
    .orderBy(desc(tasks.createdAt))
    .limit(1);
  return row === undefined ? null : toTask(row);
}

export async function listTasks(db: Db, limit: number): Promise<Task[]> {
  return (await db.select().from(tasks).orderBy(desc(tasks.createdAt)).limit(limit)).map(toTask);
}

/** Adds a task unless the finding has one at work. @returns whether it was added. */
export async function addTask(tx: Db, row: typeof tasks.$inferInsert): Promise<boolean> {
  const added = await tx.insert(tasks).values(row).onConflictDoNothing().returning({ id: tasks.id });
  return added.length === 1;
}

/** Name under which a node outside holds a task; its silence is judged by `nodes/watch.ts` alone. */
export const nodeName = (url: string): string => `node:${url}`;
export const isNode = (worker: string | null): boolean => worker?.startsWith("node:") ?? false;
const byWorker = or(isNull(tasks.worker), not(like(tasks.worker, "node:%")));

/**
 * Takes a queued task for a worker. Each taking is a new attempt; what an older attempt brings later is refused.
 * @returns null when it is at work elsewhere, or over.
 */
export async function claimTask(db: Db, id: TaskId, worker: string, now: Date): Promise<Task | null> {
  const [row] = await db
    .update(tasks)
    .set({
      state: "running",
      worker,
      attempt: sql`${tasks.attempt} + 1`,
      startedAt: now,
      heartbeatAt: now,
      phase: null,
      detail: null,
      done: null,
      total: null,
    })
    .where(and(eq(tasks.id, id), eq(tasks.state, "queued")))
    .returning();
  return row === undefined ? null : toTask(row);
}

/** Puts every task back that a worker runs: for a process that is alone on its database and has just begun. */
export async function requeueRunning(db: Db): Promise<void> {
  await db
    .update(tasks)
    .set({ state: "queued" })
    .where(and(eq(tasks.state, "running"), byWorker));
}

/** Changes a task as long as this attempt is the newest and still running. @returns whether it was. */
export async function updateAttempt(
  tx: Db,
  task: Pick<Task, "id" | "attempt">,
  change: Partial<Omit<Row, "id" | "attempt">>,
): Promise<boolean> {
  const done = await tx
    .update(tasks)
    .set(change)
    .where(and(eq(tasks.id, task.id), eq(tasks.attempt, task.attempt), eq(tasks.state, "running")))
    .returning({ id: tasks.id });
  return done.length === 1;
}

/**
 * Moves a task from one state to another.
 * @param attempt where given, only as long as it is the newest one.
 * @returns the task, or null when it was in another state.
 */
export async function moveTask(
  tx: Db,
  id: TaskId,
  from: Row["state"][],
  change: Partial<Omit<Row, "id">>,
  attempt?: number,
): Promise<Task | null> {
  const same = attempt === undefined ? undefined : eq(tasks.attempt, attempt);
  const [row] = await tx
    .update(tasks)
    .set(change)
    .where(and(eq(tasks.id, id), inArray(tasks.state, from), same))
    .returning();
  return row === undefined ? null : toTask(row);
}

/** Whether a task of ours left a branch at this commit: then the branch is ours to write to. */
export const wasPushed = async (db: Db, branch: string, sha: Sha): Promise<boolean> =>
  (await db.$count(tasks, and(eq(tasks.branch, branch), eq(tasks.headSha, sha)))) > 0;

/** Tasks queued before `before` that no worker has taken. */
export async function queuedTasks(db: Db, before: Date): Promise<Task[]> {
  const found = await db
    .select()
    .from(tasks)
    .where(and(eq(tasks.state, "queued"), lt(tasks.createdAt, before)));
  return found.map(toTask);
}

/** Tasks that workers have at work; nodes outside are watched by themselves. */
export async function runningTasks(db: Db): Promise<Task[]> {
  const found = await db
    .select()
    .from(tasks)
    .where(and(eq(tasks.state, "running"), byWorker));
  return found.map(toTask);
}

export async function noteWorker(db: Db, row: typeof workers.$inferInsert): Promise<void> {
  const { id: _, startedAt: __, ...seen } = row;
  await db.insert(workers).values(row).onConflictDoUpdate({ target: workers.id, set: seen });
}

export const listWorkers = (db: Db) => db.select().from(workers).orderBy(desc(workers.seenAt)).limit(100);
