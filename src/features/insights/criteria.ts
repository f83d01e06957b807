import { and, eq, gte, inArray, type SQL, sql } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { findings, pulls, tasks } from "../../../db/schema.ts";
import { MINUTE } from "../../kernel/clock.ts";

/** A measure of how well tasks do, beside what is wanted of it. */
export interface Criterion {
  name: string;
  /** What is wanted, in words. */
  wanted: string;
  /** Null where nothing was measured. */
  value: number | null;
  unit: "minutes" | "share" | "points";
  /** Of how many. */
  of: number;
  met: boolean | null;
}

const status = sql`${tasks.result} -> 'status'`;
const number = (value: unknown): number | null =>
  value === null || value === undefined ? null : Number(value);

/**
 * The measures that a team judges the fixer by: how long a task takes and a review waits, how often a conflict needs a
 * person, how often the gates pass at the first try, what coverage does. Of tasks that began since then.
 */
export async function criteria(db: Db, since: Date, repo: string | null): Promise<Criterion[]> {
  const ofRepo = repo === null ? undefined : inArray(tasks.findingId, idsOf(db, repo));
  const seconds = sql`extract(epoch from ${tasks.finishedAt}) - extract(epoch from ${tasks.startedAt})`;
  const share = (of: SQL, among: SQL) =>
    sql<string | null>`avg(case when ${of} then 1.0 else 0 end) filter (where ${among})`;
  const ended = sql`${tasks.state} in ('done', 'failed')`;
  const first = sql`${ended} and ${tasks.kind} = 'fix'`;
  const conflict = sql`(${tasks.error} ilike '%conflict%' or ${status} ->> 'reason' ilike '%conflict%')`;
  const measured = db
    .select({
      seconds: sql<string | null>`avg(${seconds}) filter (where ${ended})`,
      conflicts: share(conflict, ended),
      passed: share(sql`${tasks.state} = 'done' and ${tasks.attempt} <= 1`, first),
      coverage: sql<string | null>`avg((${status} ->> 'coverage_delta')::real)`,
      ended: sql<number>`count(*) filter (where ${ended})`.mapWith(Number),
      first: sql<number>`count(*) filter (where ${first})`.mapWith(Number),
      covered: sql<number>`count(${status} ->> 'coverage_delta')`.mapWith(Number),
    })
    .from(tasks)
    .where(and(gte(tasks.createdAt, since), ofRepo));
  const [[row], review] = await Promise.all([measured, reviewMinutes(db, since, repo)]);
  if (row === undefined) return [];
  const minutes = number(row.seconds) === null ? null : (Number(row.seconds) * 1000) / MINUTE;
  return [
    of("Mean time of a task", "below 30 min", minutes, "minutes", row.ended, (value) => value < 30),
    of(
      "Pull request opened to merged",
      "short: a review takes below 5 min",
      review.value,
      "minutes",
      review.of,
      null,
    ),
    of(
      "Tasks that ended in a conflict",
      "below 10 %",
      number(row.conflicts),
      "share",
      row.ended,
      (value) => value < 0.1,
    ),
    of(
      "Gates passed at the first try",
      "above 85 %",
      number(row.passed),
      "share",
      row.first,
      (value) => value > 0.85,
    ),
    of(
      "Coverage, mean change of a task",
      "not below 0",
      number(row.coverage),
      "points",
      row.covered,
      (value) => value >= 0,
    ),
  ];
}

const idsOf = (db: Db, repo: string) =>
  db.select({ id: findings.id }).from(findings).where(eq(findings.repo, repo));

function of(
  name: string,
  wanted: string,
  value: number | null,
  unit: Criterion["unit"],
  n: number,
  meets: ((value: number) => boolean) | null,
): Criterion {
  return { name, wanted, value, unit, of: n, met: value === null || meets === null ? null : meets(value) };
}

async function reviewMinutes(
  db: Db,
  since: Date,
  repo: string | null,
): Promise<{ value: number | null; of: number }> {
  const [row] = await db
    .select({
      seconds: sql<
        string | null
      >`avg(extract(epoch from ${pulls.endedAt}) - extract(epoch from ${pulls.openedAt}))`,
      n: sql<number>`count(*)`.mapWith(Number),
    })
    .from(pulls)
    .where(
      and(
        eq(pulls.state, "merged"),
        gte(pulls.endedAt, since),
        repo === null ? undefined : inArray(pulls.findingId, idsOf(db, repo)),
      ),
    );
  const seconds = number(row?.seconds);
  return { value: seconds === null ? null : (seconds * 1000) / MINUTE, of: row?.n ?? 0 };
}
