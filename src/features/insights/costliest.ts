import { and, desc, eq, gte, type SQL, sql } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { findingDays, findings } from "../../../db/schema.ts";
import type { State } from "../findings/model.ts";

/** A flake with what it cost in a time. */
export interface Costly {
  id: number;
  test: string;
  repo: string;
  state: State;
  sightings: number;
  /** Distinct pull requests it ever hit. */
  pulls: number;
  /** Job time lost to it, seconds. */
  lostSeconds: number;
  /** Attempts that had to be run again. */
  reruns: number;
}

const SHOWN = 10;
const CANDIDATES = 300;

/**
 * What to fix first: the flakes that cost most CI time since that UTC day, then those seen most. Counting begins with those
 * that cost most ever; only where one beyond them could be among the first is everything counted.
 */
export async function costliest(db: Db, since: string, repo: string | null): Promise<Costly[]> {
  const open = and(
    gte(findings.lastSeen, new Date(`${since}T00:00:00Z`)),
    repo === null ? undefined : eq(findings.repo, repo),
  );
  const order = [desc(findings.lostSeconds), desc(findings.seen)];
  // as an array: joined as a table, all findings would be read for these few
  const first = sql`any(array(${db
    .select({ id: findings.id })
    .from(findings)
    .where(open)
    .orderBy(...order)
    .limit(CANDIDATES)}))`;
  const [found, [next]] = await Promise.all([
    counted(db, since, sql`${findingDays.findingId} = ${first}`),
    db
      .select({ seen: findings.seen, lost: findings.lostSeconds })
      .from(findings)
      .where(open)
      .orderBy(...order)
      .limit(1)
      .offset(CANDIDATES),
  ]);
  if (next === undefined || surpasses(found.at(SHOWN - 1), next)) return found;
  return counted(db, since, repo === null ? undefined : eq(findings.repo, repo));
}

/** What a flake cost in a part of the time is never more than what it cost in all. */
const surpasses = (tenth: Costly | undefined, next: { lost: number; seen: number }): boolean =>
  tenth !== undefined &&
  (tenth.lostSeconds > next.lost || (tenth.lostSeconds === next.lost && tenth.sightings >= next.seen));

async function counted(db: Db, since: string, which: SQL | undefined): Promise<Costly[]> {
  const total = (column: typeof findingDays.n | typeof findingDays.lostSeconds | typeof findingDays.reruns) =>
    sql<number>`sum(${column})`.mapWith(Number);
  return db
    .select({
      id: findings.id,
      test: findings.test,
      repo: findings.repo,
      state: findings.state,
      sightings: total(findingDays.n),
      pulls: findings.pullsHit,
      lostSeconds: total(findingDays.lostSeconds),
      reruns: total(findingDays.reruns),
    })
    .from(findingDays)
    .innerJoin(findings, eq(findings.id, findingDays.findingId))
    .where(and(gte(findingDays.day, since), which))
    .groupBy(findings.id)
    .orderBy(desc(sql`sum(${findingDays.lostSeconds})`), desc(sql`sum(${findingDays.n})`))
    .limit(SHOWN);
}
