import { type Clock, DAY } from "../kernel/clock.ts";
import type { RepoName } from "../kernel/ids.ts";
import { plural } from "../kernel/text/figures.ts";
import type { Ci } from "../ports/ci.ts";

/**
 * Whether Prow's jobs are found on the commits of the last two days, and the newest one's log can be read.
 * @throws Error with what to do, when none is found or the store does not give the log.
 */
export async function prowCheck(ci: Ci, repo: RepoName, clock: Clock): Promise<string> {
  const since = new Date(clock.now().getTime() - 2 * DAY);
  const { runs } = await ci.runs(repo, { workflows: [], since });
  const ours = runs.filter((run) => run.address !== null && run.completed);
  const newest = ours.sort((a, b) => b.updatedAt.getTime() - a.updatedAt.getTime())[0];
  if (newest === undefined) {
    throw new Error(
      "no status or check of the last two days links to it: compare `prow.url` with the start of such a link, and `prow.jobs` with the contexts",
    );
  }
  const [job] = await ci.jobs(repo, newest, newest.attempt);
  const log = job === undefined ? null : await ci.log(repo, job);
  await log?.cancel();
  if (log === null) {
    throw new Error(
      `the log of ${newest.url} cannot be read: \`prow.store\` has to be where its buckets lie, open to anybody`,
    );
  }
  return `${plural(ours.length, "run")} in two days; logs can be read`;
}
