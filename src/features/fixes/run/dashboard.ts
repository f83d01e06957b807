import { markdownCell } from "../../../kernel/text/escape.ts";
import type { TaskStatus } from "../model.ts";

/** `dashboard.md`: all tasks whose `status.json` lies in a folder, in one table, the newest first. */
export function dashboard(statuses: readonly TaskStatus[]): string {
  const all = [...statuses].sort((a, b) => b.finished_at.localeCompare(a.finished_at));
  const good = all.filter((status) => status.exit_code === 0).length;
  const risky = all.filter((status) => status.exit_code === 2).length;
  const minutes = all.map((status) => status.phases.reduce((sum, phase) => sum + phase.seconds, 0) / 60);
  const mean = minutes.reduce((sum, one) => sum + one, 0) / Math.max(1, minutes.length);
  const usd = all.reduce((sum, status) => sum + status.cost.usd, 0);
  return [
    "# Tasks",
    "",
    `${all.length} tasks: ${good} done, ${risky} done with risk or in part, ${all.length - good - risky} failed. ` +
      `Mean time ${mean.toFixed(1)} min, cost $${usd.toFixed(2)}.`,
    "",
    "| task | exit | how it ended | commits | tests | coverage | labels | where | finished |",
    "|---|---|---|---|---|---|---|---|---|",
    ...all.map(row),
    "",
  ].join("\n");
}

function row(status: TaskStatus): string {
  const { tests_passed: passed, tests_failed: failed, coverage_before: from, coverage_after: to } = status;
  const tests = passed === null && failed === null ? "" : `${passed ?? "?"} passed, ${failed ?? "?"} failed`;
  const coverage = from === null || to === null ? "" : `${from} → ${to} %`;
  const cells = [
    status.id,
    String(status.exit_code),
    status.partial ? `in part: ${status.reason}` : status.reason,
    String(status.commits),
    tests,
    coverage,
    status.risk_labels.join(", "),
    status.pr_url ?? status.branch,
    status.finished_at.slice(0, 16).replace("T", " "),
  ];
  return `| ${cells.map((cell) => markdownCell(cell.split("\n")[0]?.slice(0, 200) ?? "")).join(" | ")} |`;
}
