import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MINUTE } from "../../../kernel/clock.ts";
import { errorText, RefusedError, TransientError } from "../../../kernel/errors.ts";
import type { Sha } from "../../../kernel/ids.ts";
import { redact } from "../../../kernel/text/redact.ts";
import type { FixInput, FixOutcome, FixResult } from "../model.ts";
import { emptyRecord, type FixDeps, type FixRun, TaskEnd } from "./context.ts";
import { work } from "./phases.ts";
import { commitMessage, pullBody, pullTitle } from "./pr-body.ts";
import { applyRiskRules } from "./risk.ts";
import { taskStatus } from "./status.ts";
import { saveNote } from "./trajectory.ts";

export type { FixDeps, Runtime } from "./context.ts";

interface End {
  outcome: FixOutcome;
  reason: string;
  patch: string | null;
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
    const end = await ending(run, found);
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
    const patch = await work(run, found);
    const risk = run.record.labels.size > 0;
    const reason = risk
      ? `done_with_risk: ${[...run.record.labels].sort().join(", ")}`
      : "done: all gates passed";
    return { outcome: risk ? "done_with_risk" : "done", reason, patch };
  } catch (error) {
    return endOf(run, error);
  }
}

function endOf(run: FixRun, error: unknown): End {
  if (error instanceof TaskEnd) {
    return { outcome: error.outcome, reason: `${error.code}: ${redact(error.message)}`, patch: null };
  }
  if (run.deps.signal.aborted)
    return { outcome: "cancelled", reason: "cancelled: the task was cancelled", patch: null };
  if (run.signal.aborted)
    return { outcome: "timed_out", reason: "time_limit: the task's minutes are over", patch: null };
  if (error instanceof TransientError) throw error;
  if (error instanceof RefusedError)
    return { outcome: "failed", reason: `refused: ${redact(errorText(error))}`, patch: null };
  throw error;
}

async function writeUp(run: FixRun, end: End, baseSha: Sha | null): Promise<FixResult> {
  const { record } = run;
  await saveNote(run, "end", `${end.outcome} ${end.reason}`);
  const status = applyRiskRules(taskStatus(run, { ...end, baseSha }), run.input.riskRules ?? []);
  const body = pullBody(run, status, record.summary);
  await writeFile(join(run.artifacts, "status.json"), `${JSON.stringify(status, null, 2)}\n`);
  await writeFile(join(run.artifacts, "pr.md"), body);
  if (end.patch !== null) await writeFile(join(run.artifacts, "change.patch"), end.patch);
  return {
    ...end,
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
