import { and, asc, desc, eq, gte, inArray, type SQL, sql, sum } from "drizzle-orm";
import { z } from "zod";
import { type Db, rows } from "../../../db/client.ts";
import {
  approvals,
  errorMinutes,
  findingDays,
  findings,
  issues,
  pulls,
  reviewComments,
  runtimeErrors,
  tasks,
} from "../../../db/schema.ts";
import { type Finding, type State, toFinding } from "../findings/model.ts";
import { countByState } from "../findings/store.ts";
import { type Cursor, cursorOf } from "./cursor.ts";
import { type DayCount, lastDays, onDays, WAITING } from "./model.ts";

/** Which findings are looked for. */
export interface Wanted {
  states: readonly State[];
  repo: string | null;
  kind: Finding["kind"] | null;
  search: string | null;
  /** What else has to be true of them. */
  which?: SQL | undefined;
}

export interface OverviewFilter extends Wanted {
  limit: number;
  /** Where to go on: behind or before this finding. */
  from?: { cursor: Cursor; way: "after" | "before" } | undefined;
  /** How many to leave out; pages go by key instead. */
  offset?: number;
}

/** A finding with what the list shows beside it. */
export interface OverviewRow {
  finding: Finding;
  issueUrl: string | null;
  pull: { number: number; url: string; state: string; checks: string; review: string } | null;
  /** The fix under way, if any. */
  task: { phase: string | null; done: number | null; total: number | null } | null;
  sightings: number;
  /** Distinct pull requests it hit. */
  pullsHit: number;
  recent: DayCount[];
}

export interface Overview {
  rows: OverviewRow[];
  /** Where the pages before and behind this one begin; null where there is none. */
  before: Cursor | null;
  after: Cursor | null;
}

const SPARK_DAYS = 14;

/** Findings, those that wait for a person first, then by when they were last seen. */
export async function overview(db: Db, now: Date, filter: OverviewFilter): Promise<Overview> {
  const where = conditions(filter);
  const back = filter.from?.way === "before";
  // one more than is shown tells whether the list goes on
  const found = await db
    .select()
    .from(findings)
    .where(and(where, beyond(filter.from)))
    .orderBy(...(back ? BACK : FORWARD))
    .limit(filter.limit + 1)
    .offset(filter.offset ?? 0);
  const more = found.length > filter.limit;
  const shown = found.slice(0, filter.limit).map(toFinding);
  if (back) shown.reverse();
  const [first, last] = [shown[0], shown.at(-1)];
  return {
    rows: await withSurroundings(db, now, shown),
    before: first !== undefined && (back ? more : filter.from !== undefined) ? cursorOf(first) : null,
    after: last !== undefined && (back || more) ? cursorOf(last) : null,
  };
}

const FORWARD = [desc(findings.urgency), desc(findings.lastSeen), desc(findings.id)];
const BACK = [asc(findings.urgency), asc(findings.lastSeen), asc(findings.id)];

/** Rows behind a place in the order, or before it. */
function beyond(from: OverviewFilter["from"]): SQL | undefined {
  if (from === undefined) return undefined;
  const { urgency, at, id } = from.cursor;
  const row = sql`(${findings.urgency}, ${findings.lastSeen}, ${findings.id})`;
  const place = sql`(${urgency}::int, ${at.toISOString()}::timestamptz, ${id}::int)`;
  return from.way === "after" ? sql`${row} < ${place}` : sql`${row} > ${place}`;
}

/** How many findings there are of what is looked for, in each state; whichever states are. */
export const countsOf = (db: Db, wanted: Wanted): Promise<Map<State, number>> =>
  countByState(db, conditions({ ...wanted, states: [] }));

/** How many of these are in those states; none named: in any. */
export function totalOf(counts: ReadonlyMap<State, number>, states: readonly State[]): number {
  const among = [...counts].filter(([state]) => states.length === 0 || states.includes(state));
  return among.reduce((all, [, n]) => all + n, 0);
}

/** Repositories that have findings, by name. It goes from one to the next in the index. */
export async function findingRepos(db: Db): Promise<string[]> {
  const next = (than: SQL) => sql`select ${findings.repo} from ${findings} ${than} order by 1 limit 1`;
  const found = await rows(
    db,
    sql`with recursive every (repo) as (
      (${next(sql``)}) union all
      select (${next(sql`where ${findings.repo} > every.repo`)}) from every where every.repo is not null
    ) select repo from every where repo is not null`,
  );
  return z
    .array(z.object({ repo: z.string() }))
    .parse(found)
    .map(({ repo }) => repo);
}

/** Findings that wait for somebody: those they approved or whose pull request they reviewed, the oldest wait first. */
export async function waitingFor(db: Db, login: string, most: number): Promise<Finding[]> {
  const name = login.toLowerCase();
  const approved = db
    .select({ id: approvals.findingId })
    .from(approvals)
    .where(eq(sql`lower(${approvals.login})`, name));
  const reviewed = db
    .select({ id: reviewComments.findingId })
    .from(reviewComments)
    .where(eq(sql`lower(${reviewComments.author})`, name));
  const found = await db
    .select()
    .from(findings)
    .where(and(inArray(findings.state, [...WAITING]), sql`${findings.id} in (${approved} union ${reviewed})`))
    .orderBy(findings.stateAt)
    .limit(most);
  return found.map(toFinding);
}

function conditions(filter: Wanted): SQL | undefined {
  return and(
    filter.states.length === 0 ? undefined : inArray(findings.state, [...filter.states]),
    filter.kind === null ? undefined : eq(findings.kind, filter.kind),
    filter.repo === null ? undefined : eq(findings.repo, filter.repo),
    filter.search === null ? undefined : sql`position(lower(${filter.search}) in ${findings.words}) > 0`,
    filter.which,
  );
}

/** Adds issue, pull request, task and sightings, each by one query over all the findings given. */
export async function withSurroundings(db: Db, now: Date, found: readonly Finding[]): Promise<OverviewRow[]> {
  if (found.length === 0) return [];
  const ids = found.map((finding) => finding.id);
  const logged = found.filter(({ kind }) => kind === "runtime_error").map((finding) => finding.id);
  const [issueUrls, ours, running, errors, spark] = await Promise.all([
    db.select({ id: issues.findingId, url: issues.url }).from(issues).where(inArray(issues.findingId, ids)),
    db.select().from(pulls).where(inArray(pulls.findingId, ids)).orderBy(pulls.openedAt),
    db
      .select({ findingId: tasks.findingId, phase: tasks.phase, done: tasks.done, total: tasks.total })
      .from(tasks)
      .where(and(inArray(tasks.findingId, ids), inArray(tasks.state, ["queued", "running", "publishing"]))),
    errorsOf(db, now, logged),
    sparkOf(db, now, ids),
  ]);

  const urlOf = new Map(issueUrls.map((row) => [row.id, row.url]));
  // the newest pull request of a finding comes last and stays
  const pullOf = new Map(ours.map((row) => [row.findingId, row]));
  const taskOf = new Map(running.map((row) => [row.findingId, row]));
  return found.map((finding) => ({
    finding,
    issueUrl: urlOf.get(finding.id) ?? null,
    pull: pullOf.get(finding.id) ?? null,
    task: taskOf.get(finding.id) ?? null,
    sightings: finding.seen + errors.total(finding.id),
    pullsHit: finding.pullsHit,
    recent: finding.kind === "runtime_error" ? errors.spark(finding.id) : spark(finding.id),
  }));
}

type Spark = (id: number) => DayCount[];

async function sparkOf(db: Db, now: Date, ids: readonly number[]): Promise<Spark> {
  const days = lastDays(now, SPARK_DAYS);
  const seen = await db
    .select({ id: findingDays.findingId, day: findingDays.day, n: findingDays.n })
    .from(findingDays)
    .where(and(inArray(findingDays.findingId, [...ids]), gte(findingDays.day, days[0] ?? "")));
  return drawn(days, seen);
}

function drawn(days: readonly string[], counts: readonly (DayCount & { id: number })[]): Spark {
  const byFinding = Map.groupBy(counts, (row) => row.id);
  return (id) => {
    const own = Map.groupBy(byFinding.get(id) ?? [], (row) => row.day);
    return onDays(
      days,
      new Map([...own].map(([day, rows]) => [day, rows.reduce((sum, { n }) => sum + n, 0)])),
    );
  };
}

/** How often runtime errors came: in all, and on the last days. */
async function errorsOf(db: Db, now: Date, ids: readonly number[]) {
  const days = lastDays(now, SPARK_DAYS);
  if (ids.length === 0) return { total: () => 0, spark: drawn(days, []) };
  const { findingId, fingerprint, total } = runtimeErrors;
  const known = await db
    .select({ id: findingId, fingerprint, total })
    .from(runtimeErrors)
    .where(inArray(findingId, [...ids]));
  const byFinding = Map.groupBy(known, (row) => row.id);
  const day = sql<string>`to_char(${errorMinutes.minute} at time zone 'UTC', 'YYYY-MM-DD')`;
  // by fingerprints, not joined: an index tells the minutes of these few
  const counts = await db
    .select({ fingerprint: errorMinutes.fingerprint, day, n: sum(errorMinutes.count).mapWith(Number) })
    .from(errorMinutes)
    .where(
      and(
        inArray(
          errorMinutes.fingerprint,
          known.map((row) => row.fingerprint),
        ),
        gte(errorMinutes.minute, new Date(`${days[0]}T00:00:00Z`)),
      ),
    )
    .groupBy(errorMinutes.fingerprint, day);
  const owner = new Map(known.map((row) => [row.fingerprint, row.id]));
  const spark = drawn(
    days,
    counts.map(({ fingerprint, ...count }) => ({ ...count, id: owner.get(fingerprint) ?? 0 })),
  );
  return {
    total: (id: number) => (byFinding.get(id) ?? []).reduce((all, row) => all + row.total, 0),
    spark,
  };
}
