import { bot } from "../../kernel/actor.ts";
import { errorText, ForbiddenError, RefusedError, TransientError } from "../../kernel/errors.ts";
import { Login, type TaskId } from "../../kernel/ids.ts";
import { count } from "../../platform/counters.ts";
import type { Sandbox } from "../../ports/sandbox.ts";
import { readAnother } from "../approvals/approve.ts";
import { isService, requireRight, requireStarter } from "../approvals/rights.ts";
import { standingApproval } from "../approvals/store.ts";
import type { Context } from "../context.ts";
import type { Finding } from "../findings/model.ts";
import { changeState, refreshCard } from "../findings/service.ts";
import { findingById } from "../findings/store.ts";
import { changeLabels, LABELS } from "../issues/labels.ts";
import { issueOf } from "../issues/store.ts";
import { endTask } from "./end.ts";
import { fixInput } from "./input.ts";
import { meteredModel } from "./metered.ts";
import type { FixResult } from "./model.ts";
import { broughtPatch } from "./nodes/store.ts";
import { askAgain } from "./plan.ts";
import { roundOf } from "./round.ts";
import { type Runtime, runFix } from "./run/index.ts";
import type { FailedTest } from "./run/same-failure.ts";
import { claimTask, moveTask, type Task, updateAttempt } from "./store.ts";
import { BEAT_MS, giveBack, giveUp, MOST_ATTEMPTS } from "./take-over.ts";

/** What a worker has besides the context: its own name, folders and sandbox. */
export interface Workplace {
  worker: string;
  workDir: string;
  artifactsDir: string;
  sandbox: Sandbox;
  /** The failed tests in the output of a test run; null where none can be read. */
  failedTests: (output: string) => FailedTest[] | null;
  /** Where the toolchain's programs lie. */
  runtime: Runtime;
}

type Deps = Context & Workplace;
type Beginning = Context & Pick<Workplace, "worker">;

/**
 * Runs one queued task to its end. The approver's right is asked again before anything else; the result is kept only
 * when no newer attempt has begun in the meantime.
 */
export async function workTask(deps: Deps, id: TaskId, signal: AbortSignal): Promise<void> {
  const task = await claimTask(deps.db, id, deps.worker, deps.clock.now());
  // at work elsewhere, or over: should its worker be gone, the task gets a job of its own
  if (task === null) return;
  const finding = await findingById(deps.db, task.findingId);
  if (finding === null) return;
  const stop = new AbortController();
  const beat = setInterval(() => void heartbeat(deps, task, stop), BEAT_MS);
  try {
    if (!(await begin(deps, task, finding))) return;
    const asked = await fixInput(deps, task, finding, await roundOf(deps, task));
    const brought = await broughtPatch(deps.db, task.id);
    const input = brought === null ? asked : { ...asked, fixer: brought };
    const result = await runFix(input, {
      git: deps.git,
      sandbox: deps.sandbox,
      model: meteredModel(deps, task),
      clock: deps.clock,
      workDir: deps.workDir,
      artifactsDir: deps.artifactsDir,
      prompts: deps.prompts,
      runtime: deps.runtime,
      failedTests: deps.failedTests,
      onPhase: (phase, detail, progress) => tell(deps, task, stop, phase, detail, progress),
      signal: AbortSignal.any([signal, stop.signal]),
    });
    if (signal.aborted) return await giveBack(deps, task, STOPPED);
    await keep(deps, task, finding, result);
  } catch (error) {
    if (signal.aborted) return await giveBack(deps, task, STOPPED);
    await fault(deps, task, finding, error);
  } finally {
    clearInterval(beat);
  }
}

/** Stopped with the process: the task goes to the next worker at once. */
const STOPPED = { why: "its worker was stopped", job: true };

/** A refusal ends a task. Anything else may be over the next time: the task is free again when its job comes back. */
async function fault(deps: Deps, task: Task, finding: Finding, error: unknown): Promise<void> {
  const why = errorText(error);
  if (error instanceof RefusedError) {
    const { attempt } = task;
    return endTask(deps, task, finding, { state: "failed", error: why, result: null, attempt });
  }
  const passing = error instanceof TransientError;
  if (!passing && task.attempt >= MOST_ATTEMPTS) return giveUp(deps, task, finding, why);
  await giveBack(deps, task, { why, job: false });
  throw error;
}

/** Asks for the approver's right anew and moves an approved finding to `fixing`. @returns whether work may begin. */
export async function begin(deps: Beginning, task: Task, finding: Finding): Promise<boolean> {
  try {
    if (!isService(task.requestedBy)) {
      const login = Login.parse(task.requestedBy);
      if (finding.kind === "issue") await requireStarter(deps, finding.repo, finding.issueNumber, login);
      else await requireRight(deps, finding.repo, login, "committer");
    }
  } catch (error) {
    if (!(error instanceof ForbiddenError)) throw error;
    await endTask(deps, task, finding, { state: "failed", error: errorText(error), result: null });
    return false;
  }
  if (task.kind === "address") return true;
  return deps.db.transaction(async (tx) => {
    const approval = await standingApproval(tx, finding.id);
    if (approval !== null && readAnother(approval, await issueOf(tx, finding.id)))
      await askAgain(deps, tx, finding, approval);
    const change = {
      finding: finding.id,
      from: ["approved"],
      to: "fixing",
      actor: bot,
      why: "a worker took it up",
    } as const;
    const moved = await changeState(deps, tx, { ...change, detail: { task: task.id, worker: deps.worker } });
    if (moved !== null) {
      await changeLabels(tx, deps.clock, finding.id, { add: [LABELS.fixing], remove: [LABELS.approved] });
      return true;
    }
    const now = await findingById(tx, finding.id);
    if (now?.state === "fixing") return true;
    const finishedAt = deps.clock.now();
    const error = `the finding is ${now?.state ?? "gone"}`;
    await moveTask(tx, task.id, ["running"], { state: "cancelled", finishedAt, error }, task.attempt);
    return false;
  });
}

async function heartbeat(deps: Deps, task: Task, stop: AbortController): Promise<void> {
  const mine = await updateAttempt(deps.db, task, { heartbeatAt: deps.clock.now() }).catch(() => true);
  if (!mine) end(deps, task, stop);
}

/** Ends an attempt that nobody waits for any more. */
function end(deps: Deps, { id, attempt }: Task, stop: AbortController): void {
  if (stop.signal.aborted) return;
  deps.log.warn({ task: id, attempt }, "cancelled, or at work elsewhere by now: this attempt ends");
  stop.abort(new Error("the task was cancelled or given to another worker"));
}

async function tell(
  deps: Deps,
  task: Task,
  stop: AbortController,
  phase: string,
  detail: string,
  progress?: { done: number; total: number },
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const change = { phase, detail, done: progress?.done ?? null, total: progress?.total ?? null };
    const mine = await updateAttempt(tx, task, { ...change, heartbeatAt: deps.clock.now() });
    if (mine) await refreshCard(deps, tx, task.findingId);
    else end(deps, task, stop);
  });
}

/** Keeps a result: a patch goes on to the publisher, anything else ends the task. */
async function keep(deps: Deps, task: Task, finding: Finding, result: FixResult): Promise<void> {
  const good = result.outcome === "done" || result.outcome === "done_with_risk";
  if (!good || result.patch === null) {
    const state = result.outcome === "cancelled" ? "cancelled" : "failed";
    // an attempt that was overtaken brings an end too, which is not the task's
    await endTask(deps, task, finding, { state, error: result.reason, result, attempt: task.attempt });
    return;
  }
  const { patch, baseSha } = result;
  await deps.db.transaction(async (tx) => {
    const kept = await updateAttempt(tx, task, {
      state: "publishing",
      patch,
      baseSha,
      result,
      finishedAt: deps.clock.now(),
    });
    if (!kept) {
      deps.log.warn(
        { task: task.id, attempt: task.attempt },
        "a newer attempt has begun: this patch is refused",
      );
      await count(tx, "action_failures_total", 1, "task");
      return;
    }
    const payload = { task: task.id, attempt: task.attempt };
    await deps.queue.send(tx, "task.publish", payload, { key: `${task.id}/${task.attempt}` });
    await refreshCard(deps, tx, finding.id);
  });
}
