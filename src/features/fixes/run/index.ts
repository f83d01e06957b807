import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MINUTE } from "../../../kernel/clock.ts";
import { errorText, RefusedError, TransientError } from "../../../kernel/errors.ts";
import type { Sha } from "../../../kernel/ids.ts";
import { redact } from "../../../kernel/text/redact.ts";
import type { FixCommit, FixInput, FixOutcome, FixResult } from "../model.ts";
import { emptyRecord, type FixDeps, type FixRun, TaskEnd } from "./context.ts";
import { work } from "./phases.ts";
import { commitMessage, failureReport, pullBody, pullTitle } from "./pr-body.ts";
import { applyRiskRules } from "./risk.ts";
import { taskStatus } from "./status.ts";
import { saveNote } from "./trajectory.ts";

export type { FixDeps, Runtime } from "./context.ts";

interface End {
  outcome: FixOutcome;
  reason: string;
  patch: string | null;
  commits: FixCommit[];
  /** Only a part of what was asked for, or time that ran out. */
  partial: boolean;
}

/**
 * Runs one task: clone, reproduce, let the fixer work, check and prove its change. Publishes nothing; the result
 * carries the patch. Each ending, time-out and cancellation among them, leaves `status.json` and `pr.md` in
 * `artifactsDir/<task>`. Throws TransientError when git's network failed, so that the task may be tried again.
 */
export async function runFix(input: FixInput, deps: FixDeps): Promise<FixResult> {
  const limit = new AbortController();
  const stopTimer = new AbortController();
  const ms = input.budget.minutes * MINUTE;
  const run: FixRun = {
    input,
    deps,
    signal: AbortSignal.any([deps.signal, limit.signal]),
    deadline: new Date(deps.clock.now().getTime() + ms),
    scratch: await scratchFolder(deps.workDir, input.taskId),
    artifacts: join(deps.artifactsDir, input.taskId),
    record: emptyRecord(),
  };
  deps.clock.sleep(ms, stopTimer.signal).then(
    () => limit.abort(),
    () => undefined,
  );
  await mkdir(run.artifacts, { recursive: true });
  await rm(join(run.artifacts, "trajectory.ndjson"), { force: true });
  const found: { base: Sha | null } = { base: null };
  try {
    const end = await ending(run, found).catch(async (error: unknown) => {
      const code = error instanceof TransientError ? "network" : "error";
      const reason = `${code}: ${redact(errorText(error))}`;
      const nothing = { patch: null, commits: [], partial: false };
      await writeUp(run, { outcome: "failed", reason, ...nothing }, found.base);
      throw error;
    });
    return await writeUp(run, end, found.base);
  } finally {
    stopTimer.abort();
    await rm(run.scratch, { recursive: true, force: true });
  }
}

/** One of its own: a lost attempt of the same task may still be at work. Real, since sandboxes mount it by name. */
async function scratchFolder(workDir: string, task: string): Promise<string> {
  await mkdir(workDir, { recursive: true });
  return await mkdtemp(join(await realpath(workDir), `${task}-`));
}

async function ending(run: FixRun, found: { base: Sha | null }): Promise<End> {
  try {
    const { patch, commits, partial } = await work(run, found);
    const labels = [...new Set([...run.record.labels, ...run.record.keptLabels])].sort();
    if (partial !== null) {
      return { outcome: "done_with_risk", reason: redact(partial), patch, commits, partial: true };
    }
    const risk = labels.length > 0;
    const reason = risk ? `done_with_risk: ${labels.join(", ")}` : "done: all gates passed";
    return { outcome: risk ? "done_with_risk" : "done", reason, patch, commits, partial: false };
  } catch (error) {
    return { ...endOf(run, error), patch: null, commits: [] };
  }
}

function endOf(run: FixRun, error: unknown): Pick<End, "outcome" | "reason" | "partial"> {
  const ended = (outcome: FixOutcome, reason: string) => ({
    outcome,
    reason,
    partial: outcome === "timed_out",
  });
  if (error instanceof TaskEnd) return ended(error.outcome, `${error.code}: ${redact(error.message)}`);
  if (run.deps.signal.aborted) return ended("cancelled", "cancelled: the task was cancelled");
  if (run.signal.aborted) return ended("timed_out", "time_limit: the task's minutes are over");
  if (error instanceof RefusedError) return ended("failed", `refused: ${redact(errorText(error))}`);
  throw error;
}

async function writeUp(run: FixRun, end: End, baseSha: Sha | null): Promise<FixResult> {
  const { record } = run;
  await saveNote(run, "end", `${end.outcome} ${end.reason}`);
  const ended = { ...end, commits: end.commits.length, baseSha };
  const status = applyRiskRules(taskStatus(run, ended), run.input.riskRules ?? []);
  const body = pullBody(run, status, record.summary);
  await writeFile(join(run.artifacts, "status.json"), `${JSON.stringify(status, null, 2)}\n`);
  await writeFile(join(run.artifacts, "pr.md"), body);
  if (end.patch !== null) await writeFile(join(run.artifacts, "change.patch"), end.patch);
  const failure = end.patch === null && end.outcome !== "cancelled" ? failureReport(run, status) : null;
  if (failure !== null) {
    await writeFile(join(run.artifacts, "FAILURE.md"), failure.report);
    await writeFile(join(run.artifacts, "trace.txt"), failure.trace);
  }
  const { partial: _, ...rest } = end;
  return {
    ...rest,
    failure,
    outcome: status.outcome,
    baseSha,
    summary: record.summary,
    replies: record.replies,
    commitMessage: commitMessage(run, record.summary),
    pr: { title: pullTitle(run), body },
    labels: ["automated", "test", ...status.risk_labels],
    status,
  };
}
