import type { Job, Repo, Run } from "../model.ts";
import { isProw } from "../prow/folder.ts";

/** The jobs of each run's latest attempt on a commit. */
export const jobsOn = (repo: Repo, sha: string): { run: Run; job: Job }[] =>
  repo.runs
    .filter((run) => run.headSha === sha && !isProw(run))
    .flatMap((run) => (run.attempts.at(-1)?.jobs ?? []).map((job) => ({ run, job })));

/** The latest status of each context on a commit. */
export const statusesOn = (repo: Repo, sha: string) => {
  const latest = new Map(
    repo.statuses.filter((status) => status.sha === sha).map((status) => [status.context, status]),
  );
  return [...latest.values()];
};

/** How each check and status of a commit stands. */
export const checksOf = (repo: Repo, sha: string): ("success" | "failure" | "pending")[] => [
  ...jobsOn(repo, sha).map(({ job }) => {
    if (job.status !== "completed") return "pending";
    return job.conclusion === "success" || job.conclusion === "skipped" ? "success" : "failure";
  }),
  ...statusesOn(repo, sha).map(({ state }) => (state === "error" ? "failure" : state)),
];
