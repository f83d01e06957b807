import { and, desc, eq, isNull, like, notLike, sql } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import {
  approvals,
  audit,
  errorMinutes,
  findings,
  issues,
  pulls,
  reviewComments,
  runtimeErrors,
  sightings,
  tasks,
} from "../../../db/schema.ts";
import type { FindingId } from "../../kernel/ids.ts";
import { CHECKS, CONFLICT } from "../../kernel/remark-source.ts";
import { STRESSES } from "../../kernel/stress.ts";
import { type Finding, toFinding } from "../findings/model.ts";
import { independentPlaces } from "../findings/places.ts";

const Runs = z.object({
  runs: z.number(),
  failures: z.number(),
  stress: z.enum(STRESSES).optional().catch(undefined),
});
/** What of a task's result shows on a card; a review round measures only the runs after. */
const Proof = z.object({
  status: z.object({ reproduction: z.object({ before: Runs.nullable(), after: Runs.nullable() }) }),
});

/** A finding across all stages, as its card shows it. Reads only. */
export interface CardView {
  finding: Finding;
  sightings: number;
  independent: number;
  /** Where a runtime error was logged; empty for others. */
  environments: string[];
  issue: { number: number; url: string; analysis: string | null } | null;
  approvedBy: string | null;
  /** Who dismissed it and why; null in other states. */
  dismissed: { by: string; why: string } | null;
  task: {
    id: string;
    kind: string;
    state: string;
    phase: string | null;
    detail: string | null;
    done: number | null;
    total: number | null;
    error: string | null;
  } | null;
  proof: { before: z.infer<typeof Runs>; after: z.infer<typeof Runs> } | null;
  pull: {
    number: number;
    url: string;
    state: string;
    checks: string;
    review: string;
    /** Remarks of people with rights that no round has taken up. */
    openComments: number;
    /** Whether checks are red by something else than known flakes, and no round has taken that up. */
    redByNew: boolean;
    /** Whether it conflicts with its base, and no round has taken that up. */
    conflicting: boolean;
  } | null;
}

export async function cardView(db: Db, id: FindingId): Promise<CardView | null> {
  // asked at once, and one question for all that there is one of: a command waits for the answer
  const [found, taskRows, pull] = await Promise.all([wholeOf(db, id), latestTasks(db, id), pullOf(db, id)]);
  const [row] = found;
  if (row === undefined) return null;
  const { number, url, analysis } = row;
  const logged = row.finding.kind === "runtime_error";
  return {
    finding: toFinding(row.finding),
    sightings: row.sightings + (logged ? await errorTotal(db, id) : 0),
    environments: logged ? await environmentsOf(db, id) : [],
    independent: row.independent,
    issue: number === null || url === null ? null : { number, url, analysis },
    approvedBy: row.approvedBy,
    dismissed: row.finding.state === "dismissed" ? await dismissalOf(db, id) : null,
    task: taskRows[0] ?? null,
    proof: proofOf(taskRows),
    pull,
  };
}

const latestTasks = (db: Db, id: FindingId) =>
  db.select().from(tasks).where(eq(tasks.findingId, id)).orderBy(desc(tasks.createdAt)).limit(5);

const wholeOf = (db: Db, id: FindingId) =>
  db
    .select({
      finding: findings,
      number: issues.number,
      url: issues.url,
      analysis: issues.analysis,
      sightings: sql<number>`(select count(*)::int from ${sightings} where ${sightings.findingId} = ${findings.id})`,
      independent: sql<number>`(select ${independentPlaces}
        from ${sightings} where ${sightings.findingId} = ${findings.id})`,
      approvedBy: sql<string | null>`(select ${approvals.login} from ${approvals}
        where ${approvals.findingId} = ${findings.id} and ${approvals.revokedAt} is null order by ${approvals.id} desc limit 1)`,
    })
    .from(findings)
    .leftJoin(issues, eq(issues.findingId, findings.id))
    .where(eq(findings.id, id));

const Why = z.object({ why: z.string() });

async function dismissalOf(db: Db, id: FindingId): Promise<CardView["dismissed"]> {
  const [row] = await db
    .select({ actor: audit.actor, detail: audit.detail })
    .from(audit)
    .where(and(eq(audit.findingId, id), eq(audit.action, "state.dismissed")))
    .orderBy(desc(audit.id))
    .limit(1);
  const why = Why.safeParse(row?.detail).data?.why;
  // the audit says by which door somebody came as well
  return row === undefined || why === undefined ? null : { by: row.actor.replace(/^[a-z]+:/, ""), why };
}

async function errorTotal(db: Db, id: FindingId): Promise<number> {
  const [row] = await db
    .select({ total: sql<number>`coalesce(sum(${runtimeErrors.total}), 0)::int` })
    .from(runtimeErrors)
    .where(eq(runtimeErrors.findingId, id));
  return row?.total ?? 0;
}

async function environmentsOf(db: Db, id: FindingId): Promise<string[]> {
  const rows = await db
    .selectDistinct({ environment: errorMinutes.environment })
    .from(errorMinutes)
    .innerJoin(runtimeErrors, eq(runtimeErrors.fingerprint, errorMinutes.fingerprint))
    .where(eq(runtimeErrors.findingId, id))
    .orderBy(errorMinutes.environment)
    .limit(5);
  return rows.map(({ environment }) => environment).filter((name) => name !== "");
}

/** Runs before as the newest fix measured them, runs after as its newest review round did. Newest row first. */
function proofOf(rows: { state: string; kind: string; result: unknown }[]): CardView["proof"] {
  const done = rows.filter((row) => row.state === "done");
  const measured = (row: { result: unknown } | undefined) =>
    Proof.safeParse(row?.result).data?.status.reproduction;
  const before = measured(done.find((row) => row.kind === "fix"))?.before ?? null;
  const after = measured(done[0])?.after ?? null;
  return before === null || after === null ? null : { before, after };
}

async function pullOf(db: Db, id: FindingId): Promise<CardView["pull"]> {
  const { number, url, state, checks, review } = pulls;
  const open = and(
    eq(reviewComments.repo, pulls.repo),
    eq(reviewComments.pull, pulls.number),
    isNull(reviewComments.taskId),
    reviewComments.trusted,
  );
  const [pull] = await db
    .select({
      ...{ number, url, state, checks, review },
      openComments: sql<number>`(select count(*)::int from ${reviewComments}
        where ${open} and ${notLike(reviewComments.source, `${CHECKS}%`)} and ${notLike(reviewComments.source, `${CONFLICT}%`)})`,
      redByNew: sql<boolean>`exists (select 1 from ${reviewComments}
        where ${open} and ${like(reviewComments.source, `${CHECKS}%`)})`,
      conflicting: sql<boolean>`exists (select 1 from ${reviewComments}
        where ${open} and ${like(reviewComments.source, `${CONFLICT}%`)})`,
    })
    .from(pulls)
    .where(eq(pulls.findingId, id))
    .orderBy(desc(pulls.openedAt))
    .limit(1);
  return pull ?? null;
}
