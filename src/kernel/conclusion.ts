/**
 * Conclusions of check runs and workflow runs, and states of commit statuses, with which GitHub takes a commit for not
 * passed. GitHub's documentation of check suites; `error` is a status's.
 */
const FAILED: ReadonlySet<string> = new Set([
  "failure",
  "error",
  "cancelled",
  "timed_out",
  "action_required",
  "startup_failure",
  "stale",
]);

/** Whether a check, status or workflow run has failed; null is one that still runs. */
export const hasFailed = (conclusion: string | null): boolean =>
  conclusion !== null && FAILED.has(conclusion);

/** Whether running it again can help: one that waits for somebody's consent has not run at all. */
export const canRunAgain = (conclusion: string | null): boolean =>
  hasFailed(conclusion) && conclusion !== "action_required";
