import type { RepoConfig } from "../../config/index.ts";
import type { RepoName } from "../../kernel/ids.ts";
import type { CiRun } from "../../ports/ci.ts";
import type { Context } from "../context.ts";
import { attemptCounts } from "./store.ts";

/** Whether a run's branch is of interest: pull requests always are, others as the settings name them (none: all). */
export const countsBranch = (
  settings: Pick<RepoConfig, "branches">,
  run: { event: string; branch: string },
): boolean =>
  settings.branches.length === 0 ||
  run.event.startsWith("pull_request") ||
  settings.branches.includes(run.branch);

export interface Listed {
  /** Completed runs that count, whatever their end. */
  listed: number;
  /** Those with attempts that were not read, oldest first. */
  news: CiRun[];
  /** The service lists no more: older runs are missing. */
  truncated: boolean;
}

/** Lists a repository's runs since then, and which of them are to be read. Scans and dry runs alike begin with it. */
export async function listRuns(
  deps: Pick<Context, "db" | "ci">,
  repo: RepoName,
  settings: Pick<RepoConfig, "workflows" | "branches">,
  since: Date,
): Promise<Listed> {
  const runs = new Map<number, CiRun>();
  const listing = await deps.ci.runs(repo, { workflows: settings.workflows, since });
  for (const run of listing.runs) {
    if (run.completed && countsBranch(settings, run)) runs.set(run.id, run);
  }
  const known = await attemptCounts(deps.db, repo, [...runs.keys()]);
  const news = [...runs.values()]
    .filter((run) => (known.get(run.id) ?? 0) < run.attempt)
    .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || a.id - b.id);
  return { listed: runs.size, news, truncated: listing.truncated };
}
