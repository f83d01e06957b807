import { and, count, desc, eq, gte, type SQL, sql } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import type { Db } from "../../../db/client.ts";
import { findings } from "../../../db/schema.ts";
import { HOUR } from "../../kernel/clock.ts";
import { STATES, type State } from "../findings/model.ts";

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

/** What came of findings: of those of a repository by day, and of all repositories beside one another. */
export interface Ends {
  perDay: DayFigures[];
  /** Mean hours from first seen to merged; null where none was merged. */
  hoursToMerge: number | null;
  /** In the order in which a finding comes to them. */
  byState: Map<State, number>;
  perRepo: Outcomes[];
  /** All that have findings, by name. */
  repos: string[];
}

const MOST_NAMES = 50;

/**
 * Counts findings by repository and day, each figure from an index alone, and adds up here: over a long time that is
 * far less work than to ask of each finding which of the figures it belongs to.
 */
export async function ends(
  db: Db,
  days: readonly string[],
  repo: string | null,
  which: SQL | undefined,
): Promise<Ends> {
  const since = new Date(`${days[0]}T00:00:00Z`);
  const [standing, found, merged, failed] = await Promise.all([
    db
      .select({ repo: findings.repo, state: findings.state, n: count() })
      .from(findings)
      .where(which)
      .groupBy(findings.repo, findings.state),
    perDay(db, findings.firstSeen, and(gte(findings.firstSeen, since), which)),
    mergedPerDay(db, and(gte(findings.mergedAt, since), which)),
    perDay(db, findings.stateAt, and(eq(findings.state, "failed"), gte(findings.stateAt, since), which)),
  ]);
  const mine = <Row extends { repo: string }>(all: readonly Row[]) =>
    repo === null ? all : all.filter((row) => row.repo === repo);
  const inState = sums(mine(standing), (row) => row.state);
  const [foundOn, mergedOn, failedOn] = [found, merged, failed].map((all) =>
    sums(mine(all), (row) => row.day),
  );
  const perRepo = [...Map.groupBy(standing, (row) => row.repo)].map(([name, own]) => {
    const of = (...states: State[]) => total(own.filter((row) => states.includes(row.state)));
    return {
      name,
      found: total(found.filter((row) => row.repo === name)),
      merged: total(merged.filter((row) => row.repo === name)),
      waiting: of("open", "pending_review"),
      fixed: of("merged", "deployed"),
      failed: of("failed"),
      total: total(own),
    };
  });
  return {
    perDay: days.map((day) => ({
      day,
      found: foundOn?.get(day) ?? 0,
      fixed: mergedOn?.get(day) ?? 0,
      failed: failedOn?.get(day) ?? 0,
    })),
    hoursToMerge: meanHours(mine(merged)),
    byState: new Map(
      STATES.flatMap((state) => {
        const n = inState.get(state);
        return n === undefined ? [] : [[state, n] as const];
      }),
    ),
    perRepo: perRepo.sort((a, b) => b.total - a.total || (a.name < b.name ? -1 : 1)).slice(0, MOST_NAMES),
    repos: perRepo.map(({ name }) => name).sort(),
  };
}

interface Counted {
  n: number;
}

const total = (rows: readonly Counted[]): number => rows.reduce((all, row) => all + row.n, 0);

const sums = <Row extends Counted, Key>(rows: readonly Row[], key: (row: Row) => Key): Map<Key, number> =>
  new Map([...Map.groupBy(rows, key)].map(([name, own]) => [name, total(own)]));

function meanHours(merged: readonly (Counted & { seconds: number })[]): number | null {
  const n = total(merged);
  return n === 0 ? null : (merged.reduce((all, row) => all + row.seconds, 0) / n) * (1000 / HOUR);
}

/** The beginning of a UTC day, in one step for each row; written out afterwards. */
const dayOf = (column: AnyPgColumn) => sql`date_bin('1 day', ${column}, '2000-01-01T00:00:00Z')`;
const written = (day: SQL) => sql<string>`to_char(${day} at time zone 'UTC', 'YYYY-MM-DD')`;

async function perDay(db: Db, column: AnyPgColumn, where: SQL | undefined) {
  const day = dayOf(column);
  return db
    .select({ repo: findings.repo, day: written(day), n: count() })
    .from(findings)
    .where(where)
    .groupBy(findings.repo, day);
}

async function mergedPerDay(db: Db, where: SQL | undefined) {
  const day = dayOf(findings.mergedAt);
  const took = sql`sum(${findings.mergedAt} - ${findings.firstSeen})`;
  return db
    .select({
      repo: findings.repo,
      day: written(day),
      n: count(),
      seconds: sql`extract(epoch from ${took})`.mapWith(Number),
    })
    .from(findings)
    .where(where)
    .groupBy(findings.repo, day);
}

/** Of runtime errors, by what the services call themselves. */
export async function perProject(db: Db, since: Date, which: SQL | undefined): Promise<Outcomes[]> {
  const name = sql<string>`coalesce(${findings.package}, ${findings.repo})`;
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
    .where(and(eq(findings.kind, "runtime_error"), which))
    .groupBy(name)
    .orderBy(desc(count()), name)
    .limit(MOST_NAMES);
}
