import type { PullNumber, RepoName } from "../../kernel/ids.ts";
import { Lru } from "../http/lru.ts";
import { all } from "../http/pages.ts";
import { refusedWith } from "../http/refused.ts";
import { at, type Clients } from "./clients.ts";
import { PullMention } from "./shapes/pull.ts";
import type { Run } from "./shapes/run.ts";

const KEPT = 5000;

/** Finds the pull request that a run belongs to. */
export type RunPull = (repo: RepoName, run: Run) => Promise<PullNumber | null>;

/**
 * The run itself names its pull request, but for those from forks, where GitHub leaves the list empty: there the
 * head commit is asked, once for all runs of it.
 */
export function createRunPull(clients: Clients): RunPull {
  const known = new Lru<Promise<PullNumber | null>>(KEPT);
  return async (repo, run) => {
    const named = run.pull_requests ?? [];
    const own = named.find((pull) => pull.head.sha === run.head_sha) ?? named[0];
    if (own !== undefined) return own.number;
    if (run.event !== "pull_request" && run.event !== "pull_request_target") return null;
    const key = `${repo} ${run.head_sha}`;
    const kept = known.get(key);
    if (kept !== undefined) return kept;
    const asked = byCommit(clients, repo, run.head_sha);
    known.set(key, asked);
    // what was not found may be there next time
    const forget = () => known.delete(key);
    asked.then((number) => number === null && forget(), forget);
    return asked;
  };
}

async function byCommit(clients: Clients, repo: RepoName, sha: string): Promise<PullNumber | null> {
  const client = await clients.on(repo, "read");
  const route = client.rest.repos.listPullRequestsAssociatedWithCommit;
  const pages = client.paginate.iterator(route, { ...at(repo), commit_sha: sha, per_page: 100 });
  try {
    const pulls = await all(`pull requests of ${sha} in ${repo}`, pages, PullMention);
    const here = pulls.filter(
      ({ base }) => (base.repo?.full_name ?? repo).toLowerCase() === repo.toLowerCase(),
    );
    const heads = here.filter(({ head }) => head.sha === sha);
    const found = heads.find(({ state }) => state === "open") ?? heads[0] ?? here[0];
    return found?.number ?? null;
  } catch (error) {
    // the commit went with its fork
    if (refusedWith(error, 404, 422)) return null;
    throw error;
  }
}
