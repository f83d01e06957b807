import { and, count, countDistinct, desc, eq, gte, isNotNull, type SQL, sql, sum } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import type { Db } from "../../../db/client.ts";
import { findings, modelCalls, sightings } from "../../../db/schema.ts";
import { DAY, HOUR } from "../../kernel/clock.ts";
import type { State } from "../findings/model.ts";
import { countByState } from "../findings/store.ts";
import { lastDays } from "./model.ts";

export interface DayFigures {
  day: string;
  found: number;
  fixed: number;
  failed: number;
}

/** The figures of the last `days` days. */
export interface Stats {
  days: number;
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
  perProject: { project: string; waiting: number; fixed: number; failed: number; total: number }[];
  perRepo: { repo: string; waiting: number; fixed: number; failed: number; total: number }[];
  worst: { id: number; test: string; repo: string; state: State; sightings: number; pulls: number }[];
  cost: { usd: number; tokens: number; byPurpose: { purpose: string; calls: number; usd: number }[] };
}

/** Counts over findings, sightings and calls of the model; a day is a day in UTC. */
export async function stats(db: Db, now: Date, days: number): Promise<Stats> {
  const labels = lastDays(now, days);
  const since = new Date(`${labels[0]}T00:00:00Z`);
  const perDay = await figuresPerDay(db, labels, since);
  const total = (pick: (figures: DayFigures) => number) => perDay.reduce((all, one) => all + pick(one), 0);
  const [fixed, failed] = [total((one) => one.fixed), total((one) => one.failed)];
  return {
    days,
    found: total((one) => one.found),
    fixed,
    failed,
    successRate: fixed + failed === 0 ? null : fixed / (fixed + failed),
    hoursToMerge: await hoursToMerge(db, since),
    held: await db.$count(findings, gte(findings.heldAt, since)),
    cameBack: await db.$count(findings, sql`${findings.reopened} > 0`),
    byState: await countByState(db),
    perDay,
    perRepo: await perRepo(db),
    perProject: await perProject(db),
    worst: await worst(db, new Date(now.getTime() - days * DAY)),
    cost: await modelCost(db, since),
  };
}

async function figuresPerDay(db: Db, labels: readonly string[], since: Date): Promise<DayFigures[]> {
  const found = await perDayOf(db, findings.firstSeen, gte(findings.firstSeen, since));
  const fixed = await perDayOf(db, findings.mergedAt, gte(findings.mergedAt, since));
  const failed = await perDayOf(
    db,
    findings.stateAt,
    and(eq(findings.state, "failed"), gte(findings.stateAt, since)),
  );
  return labels.map((day) => ({
    day,
    found: found.get(day) ?? 0,
    fixed: fixed.get(day) ?? 0,
    failed: failed.get(day) ?? 0,
  }));
}

async function perDayOf(db: Db, column: AnyPgColumn, where: SQL | undefined): Promise<Map<string, number>> {
  const day = sql<string>`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD')`;
  const rows = await db.select({ day, n: count() }).from(findings).where(where).groupBy(day);
  return new Map(rows.map((row) => [row.day, row.n]));
}

async function hoursToMerge(db: Db, since: Date): Promise<number | null> {
  const seconds = sql<
    string | null
  >`avg(extract(epoch from ${findings.mergedAt}) - extract(epoch from ${findings.firstSeen}))`;
  const [row] = await db
    .select({ seconds })
    .from(findings)
    .where(and(isNotNull(findings.mergedAt), gte(findings.mergedAt, since)));
  const mean = row?.seconds ?? null;
  return mean === null ? null : (Number(mean) * 1000) / HOUR;
}

const those = (...states: State[]) =>
  sql<number>`count(*) filter (where ${findings.state} in (${sql.join(
    states.map((state) => sql`${state}`),
    sql`, `,
  )}))`.mapWith(Number);

const OUTCOMES = {
  waiting: those("open", "pending_review"),
  fixed: those("merged", "deployed"),
  failed: those("failed"),
  total: count(),
};

async function perProject(db: Db): Promise<Stats["perProject"]> {
  const project = sql<string>`coalesce(${findings.package}, ${findings.repo})`;
  return db
    .select({ project, ...OUTCOMES })
    .from(findings)
    .where(eq(findings.kind, "runtime_error"))
    .groupBy(project)
    .orderBy(desc(count()), project)
    .limit(50);
}

async function perRepo(db: Db): Promise<Stats["perRepo"]> {
  return db
    .select({ repo: findings.repo, ...OUTCOMES })
    .from(findings)
    .groupBy(findings.repo)
    .orderBy(desc(count()), findings.repo)
    .limit(50);
}

/** What was seen most since then: what to fix first. */
async function worst(db: Db, since: Date): Promise<Stats["worst"]> {
  return db
    .select({
      id: findings.id,
      test: findings.test,
      repo: findings.repo,
      state: findings.state,
      sightings: count(),
      pulls: countDistinct(sightings.pull),
    })
    .from(findings)
    .innerJoin(sightings, eq(sightings.findingId, findings.id))
    .where(and(gte(findings.lastSeen, since), gte(sightings.at, since)))
    .groupBy(findings.id)
    .orderBy(desc(count()), desc(findings.lastSeen))
    .limit(10);
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
