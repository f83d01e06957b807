import { and, asc, count, desc, eq, gte, max, sql, sum } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import {
  approvals,
  errorMinutes,
  errorSamples,
  fingerprints,
  issues,
  modelCalls,
  pulls,
  relayed,
  reviewComments,
  runtimeErrors,
  sightings,
  tasks,
  threads,
} from "../../../db/schema.ts";
import { auditTrail } from "../../platform/audit.ts";
import type { Finding } from "../findings/model.ts";
import { lastDays } from "./model.ts";

/** How much of each list is read for one finding; the counts beside them are of all. */
const LIMITS = { sightings: 100, talk: 200, tasks: 20, audit: 100 } as const;
const STRIP_DAYS = 30;

/** How often a finding was seen on a day on a branch or pull request. */
export interface StripCell {
  day: string;
  branch: string;
  pull: number | null;
  n: number;
}

/** Everything known of one finding: what its page shows. */
export async function findingDetail(db: Db, now: Date, finding: Finding) {
  const { id } = finding;
  const ofFinding = eq(sightings.findingId, id);
  const [issue] = await db.select().from(issues).where(eq(issues.findingId, id));
  const [thread] = await db.select().from(threads).where(eq(threads.findingId, id));
  const [cost] = await db
    .select({ microUsd: sum(modelCalls.microUsd).mapWith(Number), calls: count() })
    .from(modelCalls)
    .where(eq(modelCalls.findingId, id));
  return {
    finding,
    issue: issue ?? null,
    thread: thread ?? null,
    fingerprints: await db.select().from(fingerprints).where(eq(fingerprints.findingId, id)).limit(20),
    sightings: await db
      .select()
      .from(sightings)
      .where(ofFinding)
      .orderBy(desc(sightings.at))
      .limit(LIMITS.sightings),
    errors: await errorDetail(db, id),
    seen: await sightingFigures(db, id),
    strip: await strip(db, now, id),
    talk: (
      await db
        .select()
        .from(relayed)
        .where(and(eq(relayed.findingId, id), eq(relayed.state, "said")))
        .orderBy(desc(relayed.id))
        .limit(LIMITS.talk)
    ).reverse(),
    approvals: await db.select().from(approvals).where(eq(approvals.findingId, id)).orderBy(approvals.id),
    tasks: await db
      .select()
      .from(tasks)
      .where(eq(tasks.findingId, id))
      .orderBy(desc(tasks.createdAt))
      .limit(LIMITS.tasks),
    pulls: await db.select().from(pulls).where(eq(pulls.findingId, id)).orderBy(desc(pulls.openedAt)),
    reviewComments: await db
      .select()
      .from(reviewComments)
      .where(eq(reviewComments.findingId, id))
      .orderBy(asc(reviewComments.at))
      .limit(LIMITS.talk),
    audit: await auditTrail(db, id, LIMITS.audit),
    cost: { usd: (cost?.microUsd ?? 0) / 1e6, calls: cost?.calls ?? 0 },
  };
}
export type FindingDetail = Awaited<ReturnType<typeof findingDetail>>;

/** How often a runtime error came in each place, and what was logged. */
async function errorDetail(db: Db, id: number) {
  const places = await db
    .select({
      environment: errorMinutes.environment,
      commit: errorMinutes.commit,
      n: sum(errorMinutes.count).mapWith(Number),
      last: max(errorMinutes.minute),
    })
    .from(errorMinutes)
    .innerJoin(runtimeErrors, eq(runtimeErrors.fingerprint, errorMinutes.fingerprint))
    .where(eq(runtimeErrors.findingId, id))
    .groupBy(errorMinutes.environment, errorMinutes.commit)
    .orderBy(desc(max(errorMinutes.minute)))
    .limit(20);
  const samples = await db
    .select({ sample: errorSamples })
    .from(errorSamples)
    .innerJoin(runtimeErrors, eq(runtimeErrors.fingerprint, errorSamples.fingerprint))
    .where(eq(runtimeErrors.findingId, id))
    .orderBy(desc(errorSamples.at))
    .limit(5);
  return { places, samples: samples.map(({ sample }) => sample) };
}

async function sightingFigures(db: Db, id: number) {
  const [row] = await db
    .select({
      total: count(),
      retriedOk: sql<number>`count(*) filter (where ${sightings.retriedOk})`.mapWith(Number),
      pulls: sql<number>`count(distinct ${sightings.pull})`.mapWith(Number),
      authors: sql<number>`count(distinct ${sightings.author})`.mapWith(Number),
    })
    .from(sightings)
    .where(eq(sightings.findingId, id));
  return row ?? { total: 0, retriedOk: 0, pulls: 0, authors: 0 };
}

async function strip(db: Db, now: Date, id: number): Promise<{ days: string[]; cells: StripCell[] }> {
  const days = lastDays(now, STRIP_DAYS);
  const day = sql<string>`to_char(${sightings.at} at time zone 'UTC', 'YYYY-MM-DD')`;
  const cells = await db
    .select({ day, branch: sightings.branch, pull: sightings.pull, n: count() })
    .from(sightings)
    .where(and(eq(sightings.findingId, id), gte(sightings.at, new Date(`${days[0]}T00:00:00Z`))))
    .groupBy(day, sightings.branch, sightings.pull);
  return { days, cells };
}
