import { and, count, desc, eq, gte, isNotNull, type SQL, sql, sum } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import type { Db } from "../../../db/client.ts";
import { findings, modelCalls } from "../../../db/schema.ts";
import { HOUR } from "../../kernel/clock.ts";
import type { State } from "../findings/model.ts";
import { countByState } from "../findings/store.ts";
import { type Costly, costliest } from "./costliest.ts";
import { type Criterion, criteria } from "./criteria.ts";
import { lastDays } from "./model.ts";

export interface DayFigures {
  day: string;
  found: number;
  fixed: number;
  failed: number;
}

/** What came of a repository's or a project's findings. */
export interface Outcomes {
  name: string;
  /** Found and fixed in that time. */
  found: number;
  merged: number;
  /** As it stands now. */
  waiting: number;
  fixed: number;
  failed: number;
  total: number;
}

/** The figures of the last `days` days. */
export interface Stats {
  days: number;
  /** The repository they are of; null: all. */
  repo: string | null;
  found: number;
  fixed: number;
  failed: number;
  /** Fixed of those that came to an end, 0 to 1; null where none did. */
  successRate: number | null;
  /** Mean hours from first seen to merged; null where none was merged. */
  hoursToMerge: number | null;
  held: number;
  cameBack: number;
  byState: Map<State, number>;
  perDay: DayFigures[];
  /** Of runtime errors, by what the services call themselves. */
  perProject: Outcomes[];
  perRepo: Outcomes[];
  /** What to fix first. */
  worst: Costly[];
  criteria: Criterion[];
  cost: { usd: number; tokens: number; byPurpose: { purpose: string; calls: number; usd: number }[] };
}

/**
 * Counts over findings, their sightings by day, tasks and calls of the model; a day is a day in UTC. The model's cost is that
 * of all repositories.
 */
export async function stats(db: Db, now: Date, days: number, repo: string | null = null): Promise<Stats> {
  const labels = lastDays(now, days);
  const since = new Date(`${labels[0]}T00:00:00Z`);
  const ofRepo = repo === null ? undefined : eq(findings.repo, repo);
  const [perDay, hours, held, cameBack, states, repos, projects, worst, measured, cost] = await Promise.all([
    figuresPerDay(db, labels, since, ofRepo),
    hoursToMerge(db, since, ofRepo),
    db.$count(findings, and(gte(findings.heldAt, since), ofRepo)),
    db.$count(findings, and(sql`${findings.reopened} > 0`, ofRepo)),
    countByState(db, ofRepo),
    perRepo(db, since),
    perProject(db, since),
    costliest(db, labels[0] ?? "", repo),
    criteria(db, since, repo),
    modelCost(db, since),
  ]);
  const total = (pick: (figures: DayFigures) => number) => perDay.reduce((all, one) => all + pick(one), 0);
  const [fixed, failed] = [total((one) => one.fixed), total((one) => one.failed)];
  return {
    days,
    repo,
    found: total((one) => one.found),
    fixed,
    failed,
    successRate: fixed + failed === 0 ? null : fixed / (fixed + failed),
    hoursToMerge: hours,
    held,
    cameBack,
    byState: states,
    perDay,
    perRepo: repos,
    perProject: projects,
    worst,
    criteria: measured,
    cost,
  };
}

async function figuresPerDay(
  db: Db,
  labels: readonly string[],
  since: Date,
  ofRepo: SQL | undefined,
): Promise<DayFigures[]> {
  const [found, fixed, failed] = await Promise.all([
    perDayOf(db, findings.firstSeen, and(gte(findings.firstSeen, since), ofRepo)),
    perDayOf(db, findings.mergedAt, and(gte(findings.mergedAt, since), ofRepo)),
    perDayOf(db, findings.stateAt, and(eq(findings.state, "failed"), gte(findings.stateAt, since), ofRepo)),
  ]);
  return labels.map((day) => ({
    day,
    found: found.get(day) ?? 0,
    fixed: fixed.get(day) ?? 0,
    failed: failed.get(day) ?? 0,
  }));
}

async function perDayOf(db: Db, column: AnyPgColumn, where: SQL | undefined): Promise<Map<string, number>> {
  // grouped as dates and written out afterwards: to write out each row's takes longer than all the rest
  const day = sql`(${column} at time zone 'UTC')::date`;
  const rows = await db
    .select({ day: sql<string>`(${day})::text`, n: count() })
    .from(findings)
    .where(where)
    .groupBy(day);
  return new Map(rows.map((row) => [row.day, row.n]));
}

async function hoursToMerge(db: Db, since: Date, ofRepo: SQL | undefined): Promise<number | null> {
  const seconds = sql<
    string | null
  >`avg(extract(epoch from ${findings.mergedAt}) - extract(epoch from ${findings.firstSeen}))`;
  const [row] = await db
    .select({ seconds })
    .from(findings)
    .where(and(isNotNull(findings.mergedAt), gte(findings.mergedAt, since), ofRepo));
  const mean = row?.seconds ?? null;
  return mean === null ? null : (Number(mean) * 1000) / HOUR;
}

const perRepo = (db: Db, since: Date): Promise<Outcomes[]> =>
  outcomes(db, since, sql<string>`${findings.repo}`, undefined);

const perProject = (db: Db, since: Date): Promise<Outcomes[]> =>
  outcomes(
    db,
    since,
    sql<string>`coalesce(${findings.package}, ${findings.repo})`,
    eq(findings.kind, "runtime_error"),
  );

async function outcomes(db: Db, since: Date, name: SQL<string>, where: SQL | undefined): Promise<Outcomes[]> {
  const lately = (column: AnyPgColumn) =>
    sql<number>`count(*) filter (where ${column} >= ${since.toISOString()}::timestamptz)`.mapWith(Number);
  const those = (...states: State[]) =>
    sql<number>`count(*) filter (where ${findings.state} in (${sql.join(
      states.map((state) => sql`${state}`),
      sql`, `,
    )}))`.mapWith(Number);
  return db
    .select({
      name,
      found: lately(findings.firstSeen),
      merged: lately(findings.mergedAt),
      waiting: those("open", "pending_review"),
      fixed: those("merged", "deployed"),
      failed: those("failed"),
      total: count(),
    })
    .from(findings)
    .where(where)
    .groupBy(name)
    .orderBy(desc(count()), name)
    .limit(50);
}

async function modelCost(db: Db, since: Date): Promise<Stats["cost"]> {
  const rows = await db
    .select({
      purpose: modelCalls.purpose,
      calls: count(),
      microUsd: sum(modelCalls.microUsd).mapWith(Number),
      tokens: sql<number>`sum(${modelCalls.inputTokens} + ${modelCalls.outputTokens})`.mapWith(Number),
    })
    .from(modelCalls)
    .where(gte(modelCalls.at, since))
    .groupBy(modelCalls.purpose)
    .orderBy(desc(sum(modelCalls.microUsd)));
  return {
    usd: rows.reduce((all, row) => all + row.microUsd, 0) / 1e6,
    tokens: rows.reduce((all, row) => all + row.tokens, 0),
    byPurpose: rows.map((row) => ({ purpose: row.purpose, calls: row.calls, usd: row.microUsd / 1e6 })),
  };
}
