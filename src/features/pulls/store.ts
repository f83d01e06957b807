import { and, asc, desc, eq, isNull } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { pulls, reviewComments } from "../../../db/schema.ts";
import { FindingId, PullNumber, RepoName, Sha, TaskId } from "../../kernel/ids.ts";

type Row = typeof pulls.$inferSelect;

export interface Pull extends Omit<Row, "findingId" | "repo" | "number" | "headSha" | "taskId"> {
  findingId: FindingId;
  repo: RepoName;
  number: PullNumber;
  headSha: Sha;
  taskId: TaskId;
}

const toPull = (row: Row): Pull => ({
  ...row,
  findingId: FindingId.parse(row.findingId),
  repo: RepoName.parse(row.repo),
  number: PullNumber.parse(row.number),
  headSha: Sha.parse(row.headSha),
  taskId: TaskId.parse(row.taskId),
});

export async function pullByNumber(db: Db, repo: RepoName, number: PullNumber): Promise<Pull | null> {
  const [row] = await db
    .select()
    .from(pulls)
    .where(and(eq(pulls.repo, repo), eq(pulls.number, number)));
  return row === undefined ? null : toPull(row);
}

/** The finding's newest pull request. */
export async function pullOf(db: Db, finding: FindingId): Promise<Pull | null> {
  const [row] = await db
    .select()
    .from(pulls)
    .where(eq(pulls.findingId, finding))
    .orderBy(desc(pulls.openedAt))
    .limit(1);
  return row === undefined ? null : toPull(row);
}

export async function openPulls(db: Db): Promise<Pull[]> {
  return (await db.select().from(pulls).where(eq(pulls.state, "open"))).map(toPull);
}

/** Newest of our own pull requests from a branch: a branch that is at its head is ours to write to. */
export async function pullOfBranch(db: Db, repo: RepoName, branch: string): Promise<Pull | null> {
  const [row] = await db
    .select()
    .from(pulls)
    .where(and(eq(pulls.repo, repo), eq(pulls.branch, branch)))
    .orderBy(desc(pulls.openedAt))
    .limit(1);
  return row === undefined ? null : toPull(row);
}

export async function addPull(tx: Db, row: typeof pulls.$inferInsert): Promise<void> {
  await tx.insert(pulls).values(row).onConflictDoNothing();
}

export async function updatePull(
  tx: Db,
  pull: Pick<Pull, "repo" | "number">,
  change: Partial<Row>,
): Promise<void> {
  await tx
    .update(pulls)
    .set(change)
    .where(and(eq(pulls.repo, pull.repo), eq(pulls.number, pull.number)));
}

export type Remark = typeof reviewComments.$inferSelect;

/** Keeps a reviewer's remark. @returns false when it was kept before. */
export async function addRemark(tx: Db, row: typeof reviewComments.$inferInsert): Promise<boolean> {
  const added = await tx
    .insert(reviewComments)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: reviewComments.id });
  return added.length === 1;
}

/** Remarks that no round has taken up. */
export const openRemarks = (db: Db, finding: FindingId): Promise<Remark[]> =>
  db
    .select()
    .from(reviewComments)
    .where(and(eq(reviewComments.findingId, finding), isNull(reviewComments.taskId)))
    .orderBy(asc(reviewComments.at));

export const remarksOfTask = (db: Db, task: TaskId): Promise<Remark[]> =>
  db.select().from(reviewComments).where(eq(reviewComments.taskId, task)).orderBy(asc(reviewComments.at));

/** Gives all open remarks of a finding to a round. */
export async function takeRemarks(tx: Db, finding: FindingId, task: TaskId): Promise<void> {
  await tx
    .update(reviewComments)
    .set({ taskId: task })
    .where(and(eq(reviewComments.findingId, finding), isNull(reviewComments.taskId)));
}

export async function markAnswered(tx: Db, task: TaskId, at: Date): Promise<void> {
  await tx.update(reviewComments).set({ answeredAt: at }).where(eq(reviewComments.taskId, task));
}
