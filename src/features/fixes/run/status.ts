import type { Sha } from "../../../kernel/ids.ts";
import { redact } from "../../../kernel/text/redact.ts";
import type { FixOutcome, TaskStatus } from "../model.ts";
import type { FixRun } from "./context.ts";
import { diffSize, parseDiff } from "./gates/index.ts";
import { rateBound } from "./proof.ts";

/** Labels that say that a person has to look; with one of them a task is done with risk. */
export const exitCode = (outcome: FixOutcome): 0 | 1 | 2 =>
  outcome === "done" ? 0 : outcome === "done_with_risk" ? 2 : 1;

/** `status.json` of a task, however it ended. */
export function taskStatus(
  run: FixRun,
  end: {
    outcome: FixOutcome;
    reason: string;
    patch: string | null;
    commits: number;
    partial: boolean;
    baseSha: Sha | null;
  },
): TaskStatus {
  const { record, input, deps } = run;
  const size = diffSize(parseDiff(end.patch ?? ""));
  const { coverageBefore, coverageAfter } = record;
  const labels = [...new Set([...record.labels, ...record.keptLabels])].sort();
  const proven = record.after !== null && record.after.failures === 0;
  return {
    id: input.taskId,
    branch: input.branch,
    outcome: end.outcome,
    reason: redact(end.reason),
    exit_code: exitCode(end.outcome),
    commits: end.commits,
    tests_passed: record.testsPassed,
    tests_failed: record.testsFailed,
    coverage_before: coverageBefore,
    coverage_after: coverageAfter,
    coverage_delta:
      coverageBefore === null || coverageAfter === null
        ? null
        : Math.round((coverageAfter - coverageBefore) * 100) / 100,
    lint_errors: record.lintErrors,
    type_errors: record.typeErrors,
    diff_lines: size.lines,
    diff_files: size.files,
    risk_level: labels.length > 0 ? "high" : "low",
    risk_labels: labels,
    partial: end.partial,
    pr_url: null,
    base_sha: end.baseSha,
    head_sha: null,
    phases: record.phases,
    gates: [...record.gates.values()].map((gate) => ({ ...gate, detail: redact(gate.detail) })),
    reproduction: {
      before: record.before,
      after: record.after,
      bound: proven && record.after !== null ? rateBound(record.after.runs) : null,
    },
    sandbox: deps.sandbox.kind,
    cost: { tokens: record.tokens, usd: Math.round(record.usd * 1e6) / 1e6 },
    steps: record.steps,
    ...(record.progress === null ? {} : { progress: record.progress }),
    ...(record.rolledBack.length === 0
      ? {}
      : { rolled_back: record.rolledBack.map((one) => ({ ...one, why: redact(one.why) })) }),
    finished_at: deps.clock.now().toISOString(),
  };
}
