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
/** Days of findings that are read at first, and how many times as many findings each further look takes. */
const FIRST_DAYS = 4000;
const MORE = 4;

/**
 * What to fix first: the flakes that cost most CI time in these UTC days, then those seen most. They are looked for among
 * those that cost most ever, and further down as long as one there could still be among the first.
 */
export async function costliest(
  db: Db,
  days: readonly string[],
  which: SQL | undefined,
  firstDays = FIRST_DAYS,
): Promise<Costly[]> {
  const since = days[0] ?? "";
  const open = and(gte(findings.lastSeen, new Date(`${since}T00:00:00Z`)), which);
  let found: Costly[] = [];
  let from = 0;
  let most = Math.max(SHOWN, Math.ceil(firstDays / days.length));
  for (;;) {
    const [some, next] = await look(db, since, open, { from, most });
    found = [...found, ...some].sort(dearest).slice(0, SHOWN);
    if (next === undefined || surpasses(found.at(SHOWN - 1), next)) return found;
    from += most;
    most = from * MORE;
  }
}

const dearest = (a: Costly, b: Costly): number =>
  b.lostSeconds - a.lostSeconds || b.sightings - a.sightings || a.id - b.id;

interface Ever {
  seen: number;
  lost: number;
}

/** What a flake cost in a part of the time is never more than what it cost in all. */
const surpasses = (tenth: Costly | undefined, next: Ever): boolean =>
  tenth !== undefined &&
  (tenth.lostSeconds > next.lost || (tenth.lostSeconds === next.lost && tenth.sightings >= next.seen));

/** The dearest among some of the findings, in the order of what they cost ever; and what the one behind these cost. */
async function look(
  db: Db,
  since: string,
  open: SQL | undefined,
  { from, most }: { from: number; most: number },
): Promise<[Costly[], Ever | undefined]> {
  const order = [desc(findings.lostSeconds), desc(findings.seen), findings.id];
  const some = db
    .select({ id: findings.id })
    .from(findings)
    .where(open)
    .orderBy(...order);
  const behind = db
    .select({ seen: findings.seen, lost: findings.lostSeconds })
    .from(findings)
    .where(open)
    .orderBy(...order)
    .limit(1)
    .offset(from + most);
  // as an array: joined as a table, all findings would be read for these few
  const among = sql`any(array(${some.limit(most).offset(from)}))`;
  const [found, [next]] = await Promise.all([
    counted(db, since, sql`${findingDays.findingId} = ${among}`),
    behind,
  ]);
  return [found, next];
}

async function counted(db: Db, since: string, which: SQL): Promise<Costly[]> {
  const total = (column: typeof findingDays.n | typeof findingDays.lostSeconds | typeof findingDays.reruns) =>
    sql<number>`sum(${column})`.mapWith(Number);
  const [n, lost] = [total(findingDays.n), total(findingDays.lostSeconds)];
  const first = db
    .select({
      id: findingDays.findingId,
      sightings: n.as("sightings"),
      lostSeconds: lost.as("lost"),
      reruns: total(findingDays.reruns).as("again"),
    })
    .from(findingDays)
    .where(and(gte(findingDays.day, since), which))
    .groupBy(findingDays.findingId)
    .orderBy(desc(lost), desc(n), findingDays.findingId)
    .limit(SHOWN)
    .as("first");
  return db
    .select({
      id: findings.id,
      test: findings.test,
      repo: findings.repo,
      state: findings.state,
      sightings: first.sightings,
      pulls: findings.pullsHit,
      lostSeconds: first.lostSeconds,
      reruns: first.reruns,
    })
    .from(first)
    .innerJoin(findings, eq(findings.id, first.id));
}
