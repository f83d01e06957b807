import type { PullEntry, TaskEntry, WorkerEntry } from "../features/insights/operations.ts";
import type { OverviewRow } from "../features/insights/overview.ts";
import type { Stats } from "../features/insights/stats.ts";

/** A finding as the API tells it; times are ISO 8601 in UTC. */
export const findingShape = (row: OverviewRow) => ({
  number: row.finding.id,
  id: `F${row.finding.id}`,
  kind: row.finding.kind,
  state: row.finding.state,
  repo: row.finding.repo,
  test: row.finding.test,
  package: row.finding.package,
  file: row.finding.file,
  framework: row.finding.framework,
  signature: row.finding.signature,
  class: row.finding.class,
  confidence: row.finding.confidence,
  reasons: row.finding.reasons,
  sightings: row.sightings,
  pulls_hit: row.pullsHit,
  issue: row.finding.issueNumber,
  issue_url: row.issueUrl,
  pull: row.finding.pullNumber,
  pull_url: row.finding.pullNumber === null ? null : (row.pull?.url ?? null),
  merge_commit: row.finding.mergeCommit,
  first_seen: row.finding.firstSeen,
  last_seen: row.finding.lastSeen,
  state_at: row.finding.stateAt,
  merged_at: row.finding.mergedAt,
  deployed_at: row.finding.deployedAt,
  held_at: row.finding.heldAt,
  muted_until: row.finding.mutedUntil,
  reopened: row.finding.reopened,
});

const named = (finding: PullEntry["finding"]) => ({
  finding: finding.id,
  finding_id: `F${finding.id}`,
  issue: finding.issueNumber,
  test: finding.test,
});

export const taskShape = ({ task, finding }: TaskEntry) => ({
  id: task.id,
  kind: task.kind,
  state: task.state,
  repo: finding.repo,
  ...named(finding),
  requested_by: task.requestedBy,
  note: task.note,
  labels: task.labels,
  attempt: task.attempt,
  worker: task.worker,
  phase: task.phase,
  detail: task.detail,
  done: task.done,
  total: task.total,
  branch: task.branch,
  error: task.error,
  created_at: task.createdAt,
  started_at: task.startedAt,
  finished_at: task.finishedAt,
});

export const pullShape = ({ pull, finding }: PullEntry) => ({
  number: pull.number,
  repo: pull.repo,
  url: pull.url,
  state: pull.state,
  ...named(finding),
  branch: pull.branch,
  head_sha: pull.headSha,
  checks: pull.checks,
  review: pull.review,
  rounds: pull.rounds,
  merge_commit: pull.mergeCommit,
  merged_by: pull.mergedBy,
  opened_at: pull.openedAt,
  updated_at: pull.updatedAt,
  ended_at: pull.endedAt,
});

export const workerShape = ({ worker, health, running }: WorkerEntry) => ({
  id: worker.id,
  host: worker.host,
  version: worker.version,
  labels: worker.labels,
  capacity: worker.capacity,
  running,
  health,
  sandbox: worker.sandbox,
  started_at: worker.startedAt,
  seen_at: worker.seenAt,
  stopped_at: worker.stoppedAt,
});

export const statsShape = (stats: Stats) => ({
  days: stats.days,
  found: stats.found,
  fixed: stats.fixed,
  failed: stats.failed,
  success_rate: stats.successRate,
  hours_to_merge: stats.hoursToMerge,
  held: stats.held,
  came_back: stats.cameBack,
  by_state: Object.fromEntries(stats.byState),
  per_day: stats.perDay,
  per_repo: stats.perRepo.map(({ name, ...one }) => ({ repo: name, ...one })),
  per_project: stats.perProject.map(({ name, ...one }) => ({ project: name, ...one })),
  most_seen: stats.worst.map((one) => ({ ...one, id: `F${one.id}`, number: one.id })),
  criteria: stats.criteria,
  cost: {
    usd: stats.cost.usd,
    tokens: stats.cost.tokens,
    by_purpose: stats.cost.byPurpose,
  },
});
