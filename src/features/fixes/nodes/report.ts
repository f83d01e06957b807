import { z } from "zod";
import { UserError } from "../../../kernel/errors.ts";
import { TaskId } from "../../../kernel/ids.ts";
import { redact } from "../../../kernel/text/redact.ts";
import { record } from "../../../platform/audit.ts";
import type { Context } from "../../context.ts";
import { refreshCard } from "../../findings/service.ts";
import { findingById } from "../../findings/store.ts";
import { endTask } from "../end.ts";
import { FixSummary } from "../model.ts";
import { taskById, updateAttempt } from "../store.ts";
import { mayPush, patchOfBranch } from "./branch.ts";
import { closeRun } from "./credential.ts";
import { digestOf, type NodeRun, runOfToken } from "./store.ts";

const MOST_PATCH = 1_000_000;

/** What a node tells at the end of an attempt. */
export const NodeReport = z.looseObject({
  task_id: TaskId,
  status: z.enum(["success", "failed"]),
  branch_name: z.string().max(255).default(""),
  error_message: z.string().max(4000).nullish(),
  /** The change against the base branch, as `git diff --binary` writes it. */
  patch: z
    .string()
    .max(MOST_PATCH)
    .refine((text) => !text.includes("\0"), "holds a NUL")
    .nullish(),
  summary: FixSummary.nullish(),
});
export type NodeReport = z.infer<typeof NodeReport>;

/**
 * Takes the report of the attempt that the token belongs to. A patch is proven and published like any other, by a
 * worker; the same report again changes nothing. Throws UserError for one that is late, or that says something else
 * than was said before.
 */
export async function takeReport(
  deps: Context,
  token: string,
  report: NodeReport,
): Promise<{ status: "queued" | "failed" }> {
  const { status, branch_name, error_message = null, patch = null, summary = null } = report;
  const digest = digestOf(JSON.stringify([status, branch_name, error_message, patch, summary]));
  const answer = { status: status === "success" ? ("queued" as const) : ("failed" as const) };
  const brought = await patchIn(deps, token, report, digest);
  await deps.db.transaction(async (tx) => {
    const run = await runOfToken(tx, token);
    if (run === null || run.taskId !== report.task_id)
      throw new UserError("The token belongs to another task.");
    if (run.report === digest) return;
    if (status === "success" && !brought)
      throw new UserError(
        "A report of success needs `patch`: this service proves the change itself, and reads a branch only of a node " +
          "with `push: true` in flaky.yaml.",
      );
    const said = summary === null ? null : redacted(summary);
    const kept = {
      state: "reported",
      report: digest,
      patch: brought,
      summary: said,
      endedAt: deps.clock.now(),
    } as const;
    if (!(await closeRun(deps, tx, run, kept))) {
      // the same report may have come in twice at once
      const now = (await runOfToken(tx, token)) ?? run;
      if (now.report === digest) return;
      throw late(now);
    }
    await settle({ ...deps, db: tx }, run, report);
  });
  return answer;
}

/** The change that a report brings: as it stands there, or in the branch it names, where its node may push. */
async function patchIn(
  deps: Context,
  token: string,
  { status, patch, branch_name, task_id }: NodeReport,
  digest: string,
): Promise<string | null> {
  if (patch || status !== "success" || branch_name === "") return patch ?? null;
  const run = await runOfToken(deps.db, token);
  // what is late, repeated or another's is told so below, and nothing is fetched for it
  const live = run?.state === "running" && run.taskId === task_id && run.report !== digest;
  return run !== null && live && mayPush(deps, run.node) ? patchOfBranch(deps, run, branch_name) : null;
}

function redacted({ mechanism, change, product_at_fault: fault }: FixSummary): FixSummary {
  const product_at_fault = typeof fault === "string" ? redact(fault) : fault;
  return { mechanism: redact(mechanism), change: redact(change), product_at_fault };
}

const late = (run: NodeRun): UserError =>
  new UserError(
    run.report === null
      ? `This attempt is over (${run.why ?? "ended"}): its report is not taken any more.`
      : "Another report of this attempt was taken already.",
  );

const tooLate = (state: string) => new UserError(`The task is ${state}; its result is not taken any more.`);

/** Inside the transaction that keeps the report. */
async function settle(deps: Context, run: NodeRun, report: NodeReport): Promise<void> {
  const { db: tx } = deps;
  const task = await taskById(tx, run.taskId);
  const finding = task === null ? null : await findingById(tx, task.findingId);
  if (task === null || finding === null || task.state !== "running" || task.attempt !== run.attempt)
    throw tooLate(task?.state ?? "gone");
  if (report.status === "failed") {
    const error = `the node reported: ${report.error_message ?? "failed"}`;
    return endTask(deps, task, finding, { state: "failed", error, result: null });
  }
  const free = { state: "queued", worker: null, phase: null, detail: null } as const;
  if (!(await updateAttempt(tx, task, free))) throw tooLate("over");
  await record(tx, {
    at: deps.clock.now(),
    actor: { kind: "service", name: "node" },
    action: "task.reported",
    finding: finding.id,
    detail: { task: task.id, attempt: run.attempt, node: run.node },
  });
  await deps.queue.sendTask(tx, { task: task.id }, task.labels);
  await refreshCard(deps, tx, finding.id);
}
