import { and, count, desc, eq, gte, inArray, isNull, like, lt, lte, or, type SQL, sql } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { audit, findings, pulls, tasks, workers } from "../../../db/schema.ts";
import { DAY, MINUTE } from "../../kernel/clock.ts";
import type { AuditRow } from "../../platform/audit.ts";

/** Entries of a page: as many as are looked at, and as weigh less than 100 KB with all that hangs on them. */
export const NEWEST = 75;
/** A worker not heard of for longer counts as lost. */
const LOST_AFTER = 2 * MINUTE;
/** Workers that stopped or were lost longer ago are no longer listed. */
const FORGET_AFTER = DAY;

/** A finding as lists of other things name it. */
const named = {
  id: findings.id,
  kind: findings.kind,
  repo: findings.repo,
  test: findings.test,
  state: findings.state,
  issueNumber: findings.issueNumber,
};

/** Pull requests of ours, open ones first, then the newest. */
export async function pullsBoard(db: Db) {
  return db
    .select({ pull: pulls, finding: named })
    .from(pulls)
    .innerJoin(findings, eq(findings.id, pulls.findingId))
    .orderBy(sql`${pulls.state} <> 'open'`, desc(pulls.updatedAt))
    .limit(NEWEST);
}
export type PullEntry = Awaited<ReturnType<typeof pullsBoard>>[number];

/** All of a task but its patch and result, which are large. */
const taskColumns = {
  id: tasks.id,
  kind: tasks.kind,
  state: tasks.state,
  requestedBy: tasks.requestedBy,
  note: tasks.note,
  labels: tasks.labels,
  attempt: tasks.attempt,
  worker: tasks.worker,
  phase: tasks.phase,
  detail: tasks.detail,
  done: tasks.done,
  total: tasks.total,
  branch: tasks.branch,
  error: tasks.error,
  createdAt: tasks.createdAt,
  startedAt: tasks.startedAt,
  finishedAt: tasks.finishedAt,
};

/** Tasks, those under way first, then the newest. */
export async function tasksBoard(db: Db) {
  return db
    .select({ task: taskColumns, finding: named })
    .from(tasks)
    .innerJoin(findings, eq(findings.id, tasks.findingId))
    .orderBy(sql`${tasks.state} not in ('queued', 'running', 'publishing')`, desc(tasks.createdAt))
    .limit(NEWEST);
}
export type TaskEntry = Awaited<ReturnType<typeof tasksBoard>>[number];

export type WorkerHealth = "healthy" | "lost" | "stopped";

/** Tasks shown beside a worker: its newest, of which those that run come first. */
const TASKS_OF_WORKER = 3;

async function tasksOf(db: Db, ids: readonly string[]) {
  const running = sql<boolean>`${tasks.state} in ('running', 'publishing')`;
  const nth = sql<number>`row_number() over (partition by ${tasks.worker}
    order by ${running} desc, ${tasks.createdAt} desc)`.mapWith(Number);
  const ranked = db
    .select({ id: tasks.id, worker: tasks.worker, state: tasks.state, nth: nth.as("nth") })
    .from(tasks)
    .where(inArray(tasks.worker, [...ids]))
    .as("ranked");
  const rows = await db.select().from(ranked).where(lte(ranked.nth, TASKS_OF_WORKER)).orderBy(ranked.nth);
  return Map.groupBy(rows, (row) => row.worker);
}

/** Workers of the last day with their load and newest tasks; those that run come first. */
export async function workersBoard(db: Db, now: Date) {
  const heard = gte(workers.seenAt, new Date(now.getTime() - FORGET_AFTER));
  const found = await db
    .select()
    .from(workers)
    .where(or(isNull(workers.stoppedAt), heard))
    .orderBy(sql`${workers.stoppedAt} is not null`, desc(workers.seenAt))
    .limit(NEWEST);
  const newest = await tasksOf(
    db,
    found.map(({ id }) => id),
  );
  const load = await db
    .select({ worker: tasks.worker, n: count() })
    .from(tasks)
    .where(inArray(tasks.state, ["running", "publishing"]))
    .groupBy(tasks.worker);
  const loadOf = new Map(load.map((row) => [row.worker, row.n]));
  return found.map((worker) => ({
    worker,
    health: healthOf(worker, now),
    running: loadOf.get(worker.id) ?? 0,
    tasks: newest.get(worker.id) ?? [],
  }));
}
export type WorkerEntry = Awaited<ReturnType<typeof workersBoard>>[number];

function healthOf(worker: typeof workers.$inferSelect, now: Date): WorkerHealth {
  if (worker.stoppedAt !== null) return "stopped";
  if (worker.fault !== null) return "lost";
  return now.getTime() - worker.seenAt.getTime() > LOST_AFTER ? "lost" : "healthy";
}

export interface AuditFilter {
  finding: number | null;
  /** Part of who did it: a login, `bot`, `service:`. */
  actor: string | null;
  /** UTC days, both included; null leaves that end open. */
  from: string | null;
  to: string | null;
  /** Goes on behind the entry of this number. */
  before: number | null;
  /** Start of an action's name: `state.` finds all changes of state. */
  action: string | null;
}

/** The newest entries of the audit that fit, behind `before` where it is given. */
export async function auditBoard(db: Db, filter: AuditFilter): Promise<AuditRow[]> {
  const { actor, from, to, before } = filter;
  const where: (SQL | undefined)[] = [
    actor === null ? undefined : sql`position(lower(${actor}) in lower(${audit.actor})) > 0`,
    from === null ? undefined : gte(audit.at, new Date(`${from}T00:00:00Z`)),
    to === null ? undefined : lt(audit.at, new Date(Date.parse(`${to}T00:00:00Z`) + DAY)),
    before === null ? undefined : lt(audit.id, before),
    filter.finding === null ? undefined : eq(audit.findingId, filter.finding),
    filter.action === null ? undefined : like(audit.action, `${filter.action.replace(/[\\%_]/g, "\\$&")}%`),
  ];
  return db
    .select()
    .from(audit)
    .where(and(...where))
    .orderBy(desc(audit.id))
    .limit(NEWEST);
}
