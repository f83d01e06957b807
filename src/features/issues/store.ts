import { and, eq, gte } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { issues, modelCalls } from "../../../db/schema.ts";
import { type FindingId, IssueNumber, RepoName } from "../../kernel/ids.ts";

type Row = typeof issues.$inferSelect;

/** The forge's issue of a finding. */
export interface IssueRow extends Omit<Row, "repo" | "number"> {
  repo: RepoName;
  number: IssueNumber;
}

export async function issueOf(db: Db, finding: FindingId): Promise<IssueRow | null> {
  const [row] = await db.select().from(issues).where(eq(issues.findingId, finding));
  if (row === undefined) return null;
  return { ...row, repo: RepoName.parse(row.repo), number: IssueNumber.parse(row.number) };
}

export async function addIssue(tx: Db, row: typeof issues.$inferInsert): Promise<void> {
  await tx.insert(issues).values(row).onConflictDoNothing();
}

export async function updateIssueRow(tx: Db, finding: FindingId, change: Partial<Row>): Promise<void> {
  await tx.update(issues).set(change).where(eq(issues.findingId, finding));
}

export async function isOurAnalysis(db: Db, repo: RepoName, comment: number): Promise<boolean> {
  const found = await db
    .select({ finding: issues.findingId })
    .from(issues)
    .where(and(eq(issues.repo, repo), eq(issues.analysisCommentId, comment)));
  return found.length > 0;
}

/** How often the model answered about a finding for that purpose since then, of use or not. */
export const answersSince = (db: Db, purpose: string, finding: number, since: Date): Promise<number> =>
  db.$count(
    modelCalls,
    and(eq(modelCalls.purpose, purpose), eq(modelCalls.findingId, finding), gte(modelCalls.at, since)),
  );
