import { and, asc, desc, eq, inArray, isNull, like, ne } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { pulls, reviewComments } from "../../../db/schema.ts";
import { FindingId, PullNumber, RepoName, Sha, TaskId } from "../../kernel/ids.ts";
import { CHECKS, CONFLICT } from "../../kernel/remark-source.ts";

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

/** Source of the remark that the checks of a commit are red: nobody said it, GitHub did. */
export const checksRemark = (head: string): string => `${CHECKS}${head}`;
export const isOfChecks = ({ source }: Pick<Remark, "source">): boolean => source.startsWith(CHECKS);

/** Source of the remark that a commit conflicts with its base as it is now: git says so. */
export const conflictRemark = (base: string, head: string): string => `${CONFLICT}${base}-${head}`;
export const isOfConflict = ({ source }: Pick<Remark, "source">): boolean => source.startsWith(CONFLICT);

/** Drops open remarks about red checks, but for the one of this commit. @returns whether there was any. */
export const dropChecksRemarks = (tx: Db, pull: Pick<Pull, "repo" | "number">, but: Sha | null) =>
  dropRemarks(tx, pull, CHECKS, but === null ? null : checksRemark(but));

/** Drops open remarks about conflicts, but for this one. @returns whether there was any. */
export const dropConflictRemarks = (tx: Db, pull: Pick<Pull, "repo" | "number">, but: string | null) =>
  dropRemarks(tx, pull, CONFLICT, but);

async function dropRemarks(
  tx: Db,
  pull: Pick<Pull, "repo" | "number">,
  kind: string,
  but: string | null,
): Promise<boolean> {
  const dropped = await tx
    .delete(reviewComments)
    .where(
      and(
        eq(reviewComments.repo, pull.repo),
        eq(reviewComments.pull, pull.number),
        isNull(reviewComments.taskId),
        like(reviewComments.source, `${kind}%`),
        but === null ? undefined : ne(reviewComments.source, but),
      ),
    )
    .returning({ id: reviewComments.id });
  return dropped.length > 0;
}

/** Where the remarks on a pull request that are kept already came from. */
export async function keptSources(db: Db, pull: Pick<Pull, "repo" | "number">): Promise<Set<string>> {
  const rows = await db
    .select({ source: reviewComments.source })
    .from(reviewComments)
    .where(and(eq(reviewComments.repo, pull.repo), eq(reviewComments.pull, pull.number)));
  return new Set(rows.map(({ source }) => source));
}

/** Remarks on a pull request that no round has taken up, whoever made them. */
export const openRemarks = (db: Db, pull: Pick<Pull, "repo" | "number">): Promise<Remark[]> =>
  db
    .select()
    .from(reviewComments)
    .where(
      and(
        eq(reviewComments.repo, pull.repo),
        eq(reviewComments.pull, pull.number),
        isNull(reviewComments.taskId),
      ),
    )
    .orderBy(asc(reviewComments.at));

export const remarksOfTask = (db: Db, task: TaskId): Promise<Remark[]> =>
  db.select().from(reviewComments).where(eq(reviewComments.taskId, task)).orderBy(asc(reviewComments.at));

const these = (remarks: readonly Remark[]) =>
  and(
    inArray(
      reviewComments.id,
      remarks.map(({ id }) => id),
    ),
    isNull(reviewComments.taskId),
  );

/** Gives remarks of people with rights to a round, and notes of the others that theirs do not count. */
export async function takeRemarks(
  tx: Db,
  task: TaskId,
  remarks: { heard: readonly Remark[]; unheard: readonly Remark[] },
): Promise<void> {
  await tx.update(reviewComments).set({ taskId: task, trusted: true }).where(these(remarks.heard));
  await tx.update(reviewComments).set({ trusted: false }).where(these(remarks.unheard));
}

export async function markAnswered(tx: Db, task: TaskId, at: Date): Promise<void> {
  await tx.update(reviewComments).set({ answeredAt: at }).where(eq(reviewComments.taskId, task));
}
