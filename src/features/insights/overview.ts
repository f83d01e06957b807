import { and, asc, count, countDistinct, desc, eq, gte, inArray, type SQL, sql, sum } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import {
  errorMinutes,
  findings,
  issues,
  pulls,
  runtimeErrors,
  sightings,
  tasks,
} from "../../../db/schema.ts";
import { type Finding, type State, toFinding } from "../findings/model.ts";
import { type DayCount, GROUP_NAMES, GROUPS, lastDays, onDays } from "./model.ts";

export interface OverviewFilter {
  states: readonly State[];
  repo: string | null;
  kind: Finding["kind"] | null;
  search: string | null;
  limit: number;
  offset: number;
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

const SPARK_DAYS = 14;

/** Findings, those that wait for a person first, then by when they were last seen; and how many there are in all. */
export async function overview(
  db: Db,
  now: Date,
  filter: OverviewFilter,
): Promise<{ rows: OverviewRow[]; total: number }> {
  const where = conditions(filter);
  const found = await db
    .select()
    .from(findings)
    .where(where)
    .orderBy(asc(rank), desc(findings.lastSeen), desc(findings.id))
    .limit(filter.limit)
    .offset(filter.offset);
  const total = await db.$count(findings, where);
  return { rows: await withSurroundings(db, now, found.map(toFinding)), total };
}

/** Repositories that have findings, by name. */
export async function findingRepos(db: Db): Promise<string[]> {
  const rows = await db.selectDistinct({ repo: findings.repo }).from(findings).orderBy(findings.repo);
  return rows.map((row) => row.repo);
}

const rank: SQL = sql`case ${sql.join(
  GROUP_NAMES.flatMap((name, index) =>
    GROUPS[name].states.map((state) => sql`when ${findings.state} = ${state} then ${index}::int`),
  ),
  sql` `,
)} end`;

function conditions(filter: OverviewFilter): SQL | undefined {
  return and(
    filter.states.length === 0 ? undefined : inArray(findings.state, [...filter.states]),
    filter.kind === null ? undefined : eq(findings.kind, filter.kind),
    filter.repo === null ? undefined : eq(findings.repo, filter.repo),
    filter.search === null
      ? undefined
      : sql`position(lower(${filter.search}) in lower(concat_ws(' ', ${findings.test}, ${findings.package}, ${findings.file}, ${findings.signature}))) > 0`,
  );
}

/** Adds issue, pull request, task and sightings, each by one query over all the findings given. */
export async function withSurroundings(db: Db, now: Date, found: readonly Finding[]): Promise<OverviewRow[]> {
  if (found.length === 0) return [];
  const ids = found.map((finding) => finding.id);
  const issueUrls = await db
    .select({ id: issues.findingId, url: issues.url })
    .from(issues)
    .where(inArray(issues.findingId, ids));
  const ours = await db.select().from(pulls).where(inArray(pulls.findingId, ids)).orderBy(pulls.openedAt);
  const running = await db
    .select()
    .from(tasks)
    .where(and(inArray(tasks.findingId, ids), inArray(tasks.state, ["queued", "running", "publishing"])));
  const totals = await db
    .select({ id: sightings.findingId, n: count(), pulls: countDistinct(sightings.pull) })
    .from(sightings)
    .where(inArray(sightings.findingId, ids))
    .groupBy(sightings.findingId);
  const errors = await db
    .select({ id: runtimeErrors.findingId, n: sum(runtimeErrors.total).mapWith(Number) })
    .from(runtimeErrors)
    .where(inArray(runtimeErrors.findingId, ids))
    .groupBy(runtimeErrors.findingId);
  const spark = await sparkOf(db, now, ids);

  const urlOf = new Map(issueUrls.map((row) => [row.id, row.url]));
  // the newest pull request of a finding comes last and stays
  const pullOf = new Map(ours.map((row) => [row.findingId, row]));
  const taskOf = new Map(running.map((row) => [row.findingId, row]));
  const errorsOf = new Map(errors.map((row) => [row.id, row.n]));
  const totalOf = new Map(totals.map((row) => [row.id, row]));
  return found.map((finding) => ({
    finding,
    issueUrl: urlOf.get(finding.id) ?? null,
    pull: pullOf.get(finding.id) ?? null,
    task: taskOf.get(finding.id) ?? null,
    sightings: (totalOf.get(finding.id)?.n ?? 0) + (errorsOf.get(finding.id) ?? 0),
    pullsHit: totalOf.get(finding.id)?.pulls ?? 0,
    recent: spark(finding.id),
  }));
}

async function sparkOf(db: Db, now: Date, ids: readonly number[]): Promise<(id: number) => DayCount[]> {
  const days = lastDays(now, SPARK_DAYS);
  const day = sql<string>`to_char(${sightings.at} at time zone 'UTC', 'YYYY-MM-DD')`;
  const rows = await db
    .select({ id: sightings.findingId, day, n: count() })
    .from(sightings)
    .where(and(inArray(sightings.findingId, [...ids]), gte(sightings.at, new Date(`${days[0]}T00:00:00Z`))))
    .groupBy(sightings.findingId, day);
  const minute = sql<string>`to_char(${errorMinutes.minute} at time zone 'UTC', 'YYYY-MM-DD')`;
  const errors = await db
    .select({ id: runtimeErrors.findingId, day: minute, n: sum(errorMinutes.count).mapWith(Number) })
    .from(errorMinutes)
    .innerJoin(runtimeErrors, eq(runtimeErrors.fingerprint, errorMinutes.fingerprint))
    .where(
      and(
        inArray(runtimeErrors.findingId, [...ids]),
        gte(errorMinutes.minute, new Date(`${days[0]}T00:00:00Z`)),
      ),
    )
    .groupBy(runtimeErrors.findingId, minute);
  const byFinding = Map.groupBy([...rows, ...errors], (row) => row.id);
  return (id) => onDays(days, new Map((byFinding.get(id) ?? []).map((row) => [row.day, row.n])));
}
