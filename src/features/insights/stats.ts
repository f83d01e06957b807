import { and, desc, eq, gte, type SQL, sql, sum } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import type { Db } from "../../../db/client.ts";
import { findings, modelDays } from "../../../db/schema.ts";
import type { State } from "../findings/model.ts";
import { type Costly, costliest } from "./costliest.ts";
import { type Criterion, criteria } from "./criteria.ts";
import { lastDays } from "./model.ts";
import { type DayFigures, ends, type Outcomes, perProject } from "./outcomes.ts";

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
  perProject: Outcomes[];
  perRepo: Outcomes[];
  /** All repositories that have findings. */
  repos: string[];
  /** What to fix first. */
  worst: Costly[];
  criteria: Criterion[];
  cost: { usd: number; tokens: number; byPurpose: { purpose: string; calls: number; usd: number }[] };
}

/** Which findings are counted: those of a repository (null: of all), and of them those that fit `which`. */
export interface Among {
  repo: string | null;
  which: SQL | undefined;
}

/**
 * Counts over findings, their sightings by day, tasks and calls of the model; a day is a day in UTC. The model's cost is that
 * of all findings.
 */
export async function stats(
  db: Db,
  now: Date,
  days: number,
  { repo, which }: Among = { repo: null, which: undefined },
): Promise<Stats> {
  const labels = lastDays(now, days);
  const since = new Date(`${labels[0]}T00:00:00Z`);
  const those = and(repo === null ? undefined : eq(findings.repo, repo), which);
  const [came, watched, projects, worst, measured, cost] = await Promise.all([
    ends(db, labels, repo, which),
    heldAndBack(db, since, those),
    perProject(db, since, which),
    costliest(db, labels, those),
    criteria(db, since, those),
    modelCost(db, labels[0] ?? ""),
  ]);
  const total = (pick: (figures: DayFigures) => number) =>
    came.perDay.reduce((all, one) => all + pick(one), 0);
  const [fixed, failed] = [total((one) => one.fixed), total((one) => one.failed)];
  return {
    days,
    found: total((one) => one.found),
    fixed,
    failed,
    successRate: fixed + failed === 0 ? null : fixed / (fixed + failed),
    ...came,
    ...watched,
    perProject: projects,
    worst,
    criteria: measured,
    cost,
  };
}

/** How many fixes were seen to hold since then, and how many findings ever came back. */
async function heldAndBack(db: Db, since: Date, those: SQL | undefined) {
  const [held, cameBack] = await Promise.all([
    db.$count(findings, and(gte(findings.heldAt, since), those)),
    db.$count(findings, and(sql`${findings.reopened} > 0`, those)),
  ]);
  return { held, cameBack };
}

async function modelCost(db: Db, since: string): Promise<Stats["cost"]> {
  const total = (column: AnyPgColumn) => sum(column).mapWith(Number);
  const rows = await db
    .select({
      purpose: modelDays.purpose,
      calls: total(modelDays.calls),
      microUsd: total(modelDays.microUsd),
      tokens: total(modelDays.tokens),
    })
    .from(modelDays)
    .where(gte(modelDays.day, since))
    .groupBy(modelDays.purpose)
    .orderBy(desc(sum(modelDays.microUsd)), modelDays.purpose);
  return {
    usd: rows.reduce((all, row) => all + row.microUsd, 0) / 1e6,
    tokens: rows.reduce((all, row) => all + row.tokens, 0),
    byPurpose: rows.map((row) => ({ purpose: row.purpose, calls: row.calls, usd: row.microUsd / 1e6 })),
  };
}
