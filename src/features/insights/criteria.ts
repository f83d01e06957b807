import { and, count, eq, gte, inArray, type SQL, sql } from "drizzle-orm";
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

/**
 * The measures that a team judges the fixer by: how long a task takes and a review waits, how often a conflict needs a
 * person, how often the gates pass at the first try, what coverage does. Of tasks that began since then, for findings
 * that fit `those`.
 */
export async function criteria(db: Db, since: Date, those: SQL | undefined): Promise<Criterion[]> {
  const ids = those && idsOf(db, those);
  const [groups, review] = await Promise.all([taskGroups(db, since, ids), reviewMinutes(db, since, ids)]);
  const ended = groups.filter(({ state }) => state === "done" || state === "failed");
  const first = ended.filter(({ kind }) => kind === "fix");
  const passed = first.filter(({ state, atOnce }) => state === "done" && atOnce);
  const seconds = share(total(ended, "seconds"), total(ended, "timed"));
  return [
    of(
      "Mean time of a task",
      "below 30 min",
      seconds && (seconds * 1000) / MINUTE,
      "minutes",
      total(ended, "n"),
      (value) => value < 30,
    ),
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
      share(total(ended, "conflicts"), total(ended, "n")),
      "share",
      total(ended, "n"),
      (value) => value < 0.1,
    ),
    of(
      "Gates passed at the first try",
      "above 85 %",
      share(total(passed, "n"), total(first, "n")),
      "share",
      total(first, "n"),
      (value) => value > 0.85,
    ),
    of(
      "Coverage, mean change of a task",
      "not below 0",
      share(total(groups, "coverage"), total(groups, "covered")),
      "points",
      total(groups, "covered"),
      (value) => value >= 0,
    ),
  ];
}

const idsOf = (db: Db, those: SQL) => db.select({ id: findings.id }).from(findings).where(those);
type SubQuery = ReturnType<typeof idsOf>;
type Group = Awaited<ReturnType<typeof taskGroups>>[number];

const total = (groups: readonly Group[], what: keyof Omit<Group, "state" | "kind" | "atOnce">): number =>
  groups.reduce((sum, group) => sum + group[what], 0);

const share = (part: number, all: number): number | null => (all === 0 ? null : part / all);

/** Tasks by how they stand, counted and added up: of a few groups all measures follow. */
function taskGroups(db: Db, since: Date, ids: SubQuery | undefined) {
  const took = sql`${tasks.finishedAt} - ${tasks.startedAt}`;
  const atOnce = sql<boolean>`${tasks.attempt} <= 1`;
  return db
    .select({
      state: tasks.state,
      kind: tasks.kind,
      atOnce,
      n: count(),
      timed: sql`count(${took})`.mapWith(Number),
      seconds: sql`coalesce(extract(epoch from sum(${took})), 0)`.mapWith(Number),
      conflicts: sql`count(*) filter (where ${tasks.conflicted})`.mapWith(Number),
      covered: sql`count(${tasks.coverageDelta})`.mapWith(Number),
      coverage: sql`coalesce(sum(${tasks.coverageDelta}), 0)`.mapWith(Number),
    })
    .from(tasks)
    .where(and(gte(tasks.createdAt, since), ids && inArray(tasks.findingId, ids)))
    .groupBy(tasks.state, tasks.kind, atOnce);
}

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

async function reviewMinutes(db: Db, since: Date, ids: SubQuery | undefined) {
  const [row] = await db
    .select({
      seconds: sql`extract(epoch from sum(${pulls.endedAt} - ${pulls.openedAt}))`.mapWith(Number),
      n: count(),
    })
    .from(pulls)
    .where(and(eq(pulls.state, "merged"), gte(pulls.endedAt, since), ids && inArray(pulls.findingId, ids)));
  const mean = row === undefined ? null : share(row.seconds, row.n);
  return { value: mean && (mean * 1000) / MINUTE, of: row?.n ?? 0 };
}
