import { and, asc, desc, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import { pulls, reviewComments } from "../../../db/schema.ts";
import { CONFLICT } from "../../kernel/remark-source.ts";
import type { Context } from "../context.ts";
import type { Round } from "./input.ts";
import { FixSummary, type Runs, TaskStatus } from "./model.ts";
import { newestDone, type Task } from "./store.ts";

/** What a task goes on from: nothing for a first fix; the pull request's patch and the remarks for a further round. */
export async function roundOf(deps: Pick<Context, "db">, task: Task): Promise<Round> {
  if (task.kind === "fix")
    return { patch: null, baseSha: null, comments: [], strangers: [], knownRate: null, conflict: null };
  const before = await newestDone(deps.db, task.findingId);
  const remarks = await deps.db
    .select()
    .from(reviewComments)
    .where(and(eq(reviewComments.findingId, task.findingId), eq(reviewComments.taskId, task.id)))
    .orderBy(asc(reviewComments.at));
  return {
    patch: before?.patch ?? null,
    baseSha: before?.baseSha ?? null,
    knownRate: rateOf(before?.result),
    strangers: await strangersOf(deps.db, task),
    conflict: conflictOf(task, remarks, before?.result),
    comments: remarks.map((remark) => ({
      id: remark.id,
      author: remark.author,
      path: remark.path ?? "",
      line: remark.line,
      body: remark.body,
      diffHunk: remark.diffHunk ?? "",
    })),
  };
}

function conflictOf(
  task: Task,
  remarks: readonly { id: number; source: string }[],
  result: unknown,
): Round["conflict"] {
  const remark = remarks.find(({ source }) => source.startsWith(CONFLICT));
  if (remark === undefined) return null;
  const summary = z.object({ summary: FixSummary }).safeParse(result).data?.summary ?? null;
  return { remark: remark.id, alone: remarks.length === 1 && task.note === null, summary };
}

/** A fixer gets so many remarks of people without rights to read, and no more. */
const MOST_STRANGERS = 20;

/** What people without rights wrote on the pull request: no request, but there may be a fact in it. Oldest first. */
async function strangersOf(db: Context["db"], task: Task): Promise<Round["strangers"]> {
  const rows = await db
    .select()
    .from(reviewComments)
    .innerJoin(pulls, and(eq(pulls.repo, reviewComments.repo), eq(pulls.number, reviewComments.pull)))
    .where(
      and(
        eq(reviewComments.findingId, task.findingId),
        eq(pulls.state, "open"),
        isNull(reviewComments.taskId),
        eq(reviewComments.trusted, false),
      ),
    )
    .orderBy(desc(reviewComments.at))
    .limit(MOST_STRANGERS);
  return rows.reverse().map(({ review_comments: { author, path, line, body } }) => ({
    author,
    text: path === null ? body : `On ${path}${line === null ? "" : `:${line}`}: ${body}`,
  }));
}

const Result = z.object({ status: TaskStatus.pick({ reproduction: true }) });

/** How often the test failed before the first fix, from that task's own record. */
function rateOf(result: unknown): Runs | null {
  const parsed = Result.safeParse(result);
  return parsed.success ? parsed.data.status.reproduction.before : null;
}
