import { and, count, countDistinct, desc, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import {
  approvals,
  errorMinutes,
  issues,
  pulls,
  reviewComments,
  runtimeErrors,
  sightings,
  tasks,
} from "../../../db/schema.ts";
import type { FindingId } from "../../kernel/ids.ts";
import type { Finding } from "../findings/model.ts";
import { findingById } from "../findings/store.ts";

const Runs = z.object({ runs: z.number(), failures: z.number() });
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
    openComments: number;
  } | null;
}

export async function cardView(db: Db, id: FindingId): Promise<CardView | null> {
  const finding = await findingById(db, id);
  if (finding === null) return null;
  const [seen] = await db
    .select({
      n: count(),
      places: countDistinct(
        sql`coalesce('#' || ${sightings.pull}, ${sightings.branch} || '@' || ${sightings.sha})`,
      ),
    })
    .from(sightings)
    .where(eq(sightings.findingId, id));
  const [issue] = await db.select().from(issues).where(eq(issues.findingId, id));
  const [approval] = await db
    .select({ login: approvals.login })
    .from(approvals)
    .where(and(eq(approvals.findingId, id), isNull(approvals.revokedAt)))
    .orderBy(desc(approvals.id))
    .limit(1);
  const taskRows = await db
    .select()
    .from(tasks)
    .where(eq(tasks.findingId, id))
    .orderBy(desc(tasks.createdAt))
    .limit(5);
  return {
    finding,
    sightings: (seen?.n ?? 0) + (await errorTotal(db, id)),
    environments: await environmentsOf(db, id),
    independent: seen?.places ?? 0,
    issue: issue === undefined ? null : { number: issue.number, url: issue.url, analysis: issue.analysis },
    approvedBy: approval?.login ?? null,
    task: taskRows[0] ?? null,
    proof: proofOf(taskRows),
    pull: await pullOf(db, id),
  };
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
  const [pull] = await db
    .select()
    .from(pulls)
    .where(eq(pulls.findingId, id))
    .orderBy(desc(pulls.openedAt))
    .limit(1);
  if (pull === undefined) return null;
  const openComments = await db.$count(
    reviewComments,
    and(
      eq(reviewComments.repo, pull.repo),
      eq(reviewComments.pull, pull.number),
      isNull(reviewComments.taskId),
    ),
  );
  const { number, url, state, checks, review } = pull;
  return { number, url, state, checks, review, openComments };
}
