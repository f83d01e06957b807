import { and, count, countDistinct, eq, inArray, isNull, lte, ne, notExists, or, sql } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { findings, jobRuns, outbox, runtimeErrors, sightings } from "../../../db/schema.ts";
import type { Context } from "../context.ts";
import { type Finding, toFinding } from "../findings/model.ts";
import { independentPlaces } from "../findings/places.ts";

/** A finding that is good enough for an issue and has none yet. */
export interface Waiting {
  finding: Finding;
  /** Jobs that failed with it, or how often the error came, and how many of them count: each pull request once. */
  failed: number;
  independent: number;
}

/** What one look takes into account; far more than a day files. */
const MOST = 500;

/** Key of the write that files a finding's issue: there is one at most. */
export const createKey = (finding: Finding): string => `issue:F${finding.id}`;

/**
 * Findings above the bar (`passesBar`, said in SQL) whose issue nothing has decided on, the surest and most frequent
 * first. Muted ones wait until they are heard again.
 */
export async function waitingFindings(
  deps: Pick<Context, "db" | "clock" | "config">,
  db: Db = deps.db,
): Promise<Waiting[]> {
  const { confidence, sightings: least, triage } = deps.config.file.bar;
  const repos = deps.config.file.repos.flatMap(({ source, write }) => [source, write]);
  const sure = and(eq(findings.class, "flaky-test"), sql`${findings.confidence} >= ${confidence}`);
  const decided = db
    .select({ one: sql`1` })
    .from(outbox)
    .where(eq(outbox.key, sql`'issue:F' || ${findings.id}`));
  const open = and(
    eq(findings.state, "new"),
    inArray(findings.repo, repos),
    or(isNull(findings.mutedUntil), lte(findings.mutedUntil, deps.clock.now())),
    notExists(decided),
  );
  const found = await db
    .select({ finding: findings, failed: countDistinct(sightings.job), independent: independentPlaces })
    .from(findings)
    .innerJoin(sightings, eq(sightings.findingId, findings.id))
    .where(and(open, eq(findings.kind, "flaky_test"), triage ? ne(findings.class, "infra-flake") : sure))
    .groupBy(findings.id)
    .having(sql`${independentPlaces} >= ${least}`)
    .orderBy(findings.id)
    .limit(MOST);
  const total = sql<number>`sum(${runtimeErrors.total})::int`;
  const errors = await db
    .select({ finding: findings, failed: total, independent: count() })
    .from(findings)
    .innerJoin(runtimeErrors, eq(runtimeErrors.findingId, findings.id))
    .where(and(open, eq(findings.kind, "runtime_error")))
    .groupBy(findings.id)
    .having(sql`${total} >= ${deps.config.file.bar.errors}`)
    .orderBy(findings.id)
    .limit(MOST);
  return inOrder([...found, ...errors].map((row) => ({ ...row, finding: toFinding(row.finding) })));
}

/**
 * The surest first, in whole percents since those near certainty hardly differ, then the most frequent. That an error
 * happened is certain.
 */
export function inOrder(waiting: readonly Waiting[]): Waiting[] {
  const sure = ({ finding }: Waiting) => {
    if (finding.kind === "runtime_error") return 100;
    return finding.class === "flaky-test" ? Math.round(100 * finding.confidence) : 0;
  };
  return [...waiting].sort(
    (a, b) =>
      sure(b) - sure(a) ||
      b.independent - a.independent ||
      b.failed - a.failed ||
      // a dry run gives findings other numbers than the real one
      a.finding.test.localeCompare(b.finding.test, "en") ||
      a.finding.id - b.finding.id,
  );
}

/** How many runs of the jobs that it failed there were since it was first seen. */
export async function runsOf(db: Db, finding: Finding): Promise<number> {
  const names = db
    .selectDistinct({ name: sightings.jobName })
    .from(sightings)
    .where(eq(sightings.findingId, finding.id));
  const [row] = await db
    .select({ n: count() })
    .from(jobRuns)
    .where(
      and(
        eq(jobRuns.repo, finding.repo),
        inArray(jobRuns.name, names),
        inArray(jobRuns.conclusion, ["success", "failure", "timed_out"]),
        sql`${jobRuns.at} >= ${finding.firstSeen.toISOString()}::timestamptz`,
      ),
    );
  return row?.n ?? 0;
}
