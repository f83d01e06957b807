import { and, asc, count, desc, eq, getTableColumns, gte, max, sql, sum } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import {
  approvals,
  errorMinutes,
  errorSamples,
  findingDays,
  fingerprints,
  issues,
  jobRuns,
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
import { jobOfSighting, ranOn } from "./ran-on.ts";

/** Of a finding seen very often, the plot shows its newest sightings: each is a page read from anywhere in the table. */
export const STRIP_MOST = 500;
/** How much of each list is read for one finding; the counts beside them are of all. */
const LIMITS = { sightings: 50, talk: 200, tasks: 20, audit: 100 } as const;
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
  const [[issue], [thread], cost, ways, newest, errors, plot, talk, yeses, work, ours, remarks, log] =
    await Promise.all([
      db.select().from(issues).where(eq(issues.findingId, id)),
      db.select().from(threads).where(eq(threads.findingId, id)),
      costOf(db, finding),
      db.select().from(fingerprints).where(eq(fingerprints.findingId, id)).limit(20),
      newestSightings(db, id),
      finding.kind === "runtime_error" ? errorDetail(db, id) : { places: [], samples: [] },
      strip(db, now, id),
      db
        .select()
        .from(relayed)
        .where(and(eq(relayed.findingId, id), eq(relayed.state, "said")))
        .orderBy(desc(relayed.id))
        .limit(LIMITS.talk),
      db.select().from(approvals).where(eq(approvals.findingId, id)).orderBy(approvals.id),
      db
        .select()
        .from(tasks)
        .where(eq(tasks.findingId, id))
        .orderBy(desc(tasks.createdAt))
        .limit(LIMITS.tasks),
      db.select().from(pulls).where(eq(pulls.findingId, id)).orderBy(desc(pulls.openedAt)),
      db
        .select()
        .from(reviewComments)
        .where(eq(reviewComments.findingId, id))
        .orderBy(asc(reviewComments.at))
        .limit(LIMITS.talk),
      auditTrail(db, id, LIMITS.audit),
    ]);
  return {
    finding,
    issue: issue ?? null,
    thread: thread ?? null,
    fingerprints: ways,
    sightings: newest,
    errors,
    seen: {
      total: finding.seen,
      retriedOk: finding.retriedOk,
      pulls: finding.pullsHit,
      authors: finding.authorsHit,
    },
    strip: plot,
    talk: talk.reverse(),
    approvals: yeses,
    tasks: work,
    pulls: ours,
    reviewComments: remarks,
    audit: log,
    cost,
  };
}
export type FindingDetail = Awaited<ReturnType<typeof findingDetail>>;

/** What it cost so far: the model, and of CI job time and attempts that had to be run again. */
async function costOf(db: Db, { id, lostSeconds }: Finding) {
  const [[model], [days]] = await Promise.all([
    db
      .select({ microUsd: sum(modelCalls.microUsd).mapWith(Number), calls: count() })
      .from(modelCalls)
      .where(eq(modelCalls.findingId, id)),
    db
      .select({ reruns: sum(findingDays.reruns).mapWith(Number) })
      .from(findingDays)
      .where(eq(findingDays.findingId, id)),
  ]);
  const usd = (model?.microUsd ?? 0) / 1e6;
  return { usd, calls: model?.calls ?? 0, lostSeconds, reruns: days?.reruns ?? 0 };
}

const newestSightings = (db: Db, id: number) =>
  db
    .select({ ...getTableColumns(sightings), ranOn })
    .from(sightings)
    .leftJoin(jobRuns, jobOfSighting)
    .where(eq(sightings.findingId, id))
    .orderBy(desc(sightings.at))
    .limit(LIMITS.sightings);

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

async function strip(db: Db, now: Date, id: number): Promise<{ days: string[]; cells: StripCell[] }> {
  const days = lastDays(now, STRIP_DAYS);
  const newest = db
    .select({ at: sightings.at, branch: sightings.branch, pull: sightings.pull })
    .from(sightings)
    .where(and(eq(sightings.findingId, id), gte(sightings.at, new Date(`${days[0]}T00:00:00Z`))))
    .orderBy(desc(sightings.at))
    .limit(STRIP_MOST)
    .as("newest");
  const day = sql`(${newest.at} at time zone 'UTC')::date`;
  const cells = await db
    .select({ day: sql<string>`(${day})::text`, branch: newest.branch, pull: newest.pull, n: count() })
    .from(newest)
    .groupBy(day, newest.branch, newest.pull);
  return { days, cells };
}
