import type { RepoName } from "../../kernel/ids.ts";
import type { Ci, CiRun } from "../../ports/ci.ts";
import { all } from "../http/pages.ts";
import { understood } from "../http/understood.ts";
import { at, type Clients } from "./clients.ts";
import { type LogOptions, openJobLog, openLogs } from "./log.ts";
import { createRunPull, type RunPull } from "./run-pull.ts";
import { fileOf, listRuns } from "./runs.ts";
import { Job, Run } from "./shapes/run.ts";

/** Pull requests of runs that are looked up at the same time. */
const ABREAST = 8;

/** GitHub Actions as the stages see it. */
export function createCi(clients: Clients, logs: Omit<LogOptions, "clients">): Ci {
  const pullOf = createRunPull(clients);
  return {
    async runs(repo, { workflows, since }) {
      const listed = await listRuns(clients, repo, workflows, since);
      const runs: CiRun[] = [];
      for (let start = 0; start < listed.runs.length; start += ABREAST) {
        const some = listed.runs.slice(start, start + ABREAST);
        runs.push(...(await Promise.all(some.map((run) => toRun(pullOf, repo, run)))));
      }
      return { runs, truncated: listed.truncated };
    },
    async run(repo, { id }) {
      const client = await clients.on(repo, "read");
      const { data } = await client.rest.actions.getWorkflowRun({ ...at(repo), run_id: id });
      return toRun(pullOf, repo, understood(Run, `run ${id} of ${repo}`, data));
    },
    async runsAt(repo, sha) {
      const client = await clients.on(repo, "read");
      const query = { ...at(repo), head_sha: sha, per_page: 100 };
      const pages = client.paginate.iterator(client.rest.actions.listWorkflowRunsForRepo, query);
      const runs = await all(`runs of ${sha} in ${repo}`, pages, Run);
      return Promise.all(runs.map((run) => toRun(pullOf, repo, run)));
    },
    runOf: () => null,
    async jobs(repo, { id: run }, attempt) {
      const client = await clients.on(repo, "read");
      const pages = client.paginate.iterator(client.rest.actions.listJobsForWorkflowRunAttempt, {
        ...at(repo),
        run_id: run,
        attempt_number: attempt,
        per_page: 100,
      });
      return all(`jobs of run ${run} of ${repo}`, pages, Job);
    },
    log: (repo, job) => openJobLog({ clients, ...logs }, repo, job),
    logs: (repo, run, attempt) => openLogs({ clients, ...logs }, repo, run.id, attempt),
    limit: () => clients.rate(),
    async rerunFailed(repo, run) {
      const client = await clients.on(repo, "code");
      await client.rest.actions.reRunWorkflowFailedJobs({ ...at(repo), run_id: run });
    },
  };
}

async function toRun(pullOf: RunPull, repo: RepoName, run: Run): Promise<CiRun> {
  return {
    id: run.id,
    address: null,
    attempt: run.run_attempt,
    workflow: run.name || fileOf(run.path),
    event: run.event,
    branch: run.head_branch ?? "",
    sha: run.head_sha,
    conclusion: run.conclusion,
    completed: run.status === "completed",
    pull: await pullOf(repo, run),
    author: run.actor?.login ?? run.triggering_actor?.login ?? null,
    url: run.html_url,
    createdAt: run.created_at,
    updatedAt: run.updated_at,
  };
}
