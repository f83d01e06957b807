import { z } from "zod";
import { Login, PullNumber, type RepoName, Sha } from "../../kernel/ids.ts";
import type { Ci, CiJob, CiRun, Conclusion } from "../../ports/ci.ts";
import { MOST } from "../http/pages.ts";
import { refusedWith } from "../http/refused.ts";
import type { Client } from "./client.ts";
import { listPulls } from "./pulls.ts";

const ENDED = ["success", "failure", "cancelled", "skipped"] as const;
/** Any other word says nothing of tests. */
const Ended = z
  .string()
  .nullish()
  .transform((word): Conclusion => (word ? (ENDED.find((known) => known === word) ?? "neutral") : null));
const When = z.coerce.date();

const Run = z.object({
  id: z.int(),
  /** `test.yml@refs/heads/main`, `test.yml@refs/pull/9/head` */
  path: z.string(),
  event: z.string(),
  run_attempt: z.int().transform((attempt) => Math.max(1, attempt)),
  head_sha: Sha,
  head_branch: z.string().nullish(),
  status: z.string(),
  conclusion: Ended,
  html_url: z.string(),
  actor: z.object({ login: Login }).nullish().catch(null),
  started_at: When,
  completed_at: When.nullish(),
});

const Job = z
  .object({
    id: z.int(),
    run_id: z.int(),
    run_attempt: z.int().transform((attempt) => Math.max(1, attempt)),
    name: z.string(),
    conclusion: Ended,
    started_at: When.nullish(),
    completed_at: When.nullish(),
    html_url: z.string(),
    labels: z.array(z.string()).nullish(),
  })
  .transform(
    (job): CiJob => ({
      id: job.id,
      run: job.run_id,
      attempt: job.run_attempt,
      name: job.name,
      conclusion: job.conclusion,
      startedAt: job.started_at ?? null,
      completedAt: job.completed_at ?? null,
      url: job.html_url,
      partial: false,
      labels: job.labels ?? [],
    }),
  );

/** Pull requests that are looked through for the heads of runs that do not name theirs. */
const MOST_PULLS = 100;

const fileOf = (path: string): string => path.replace(/@.*$/, "").replace(/^.*\//, "");

/**
 * Gitea Actions as the stages see it, from Gitea 1.24 on; an older one has no runs, and its CI pushes reports. Gitea
 * keeps the newest attempt of a job alone, and calls workflows by their file.
 */
export function createCi(client: Client): Ci {
  return {
    async runs(repo, { workflows, since }) {
      const listed = await runsOf(client, repo, {}, ({ started_at }) => started_at < since);
      const wanted = listed.filter(({ path }) => workflows.length === 0 || workflows.includes(fileOf(path)));
      return { runs: await toRuns(client, repo, wanted), truncated: listed.length >= MOST };
    },
    async run(repo, { id }) {
      const found = await client.read(`run ${id} of ${repo}`, Run, `/repos/${repo}/actions/runs/${id}`);
      return toRun(found, (sha) => pullAt(client, repo, sha));
    },
    runOf: () => null,
    runsAt: async (repo, sha) =>
      toRuns(client, repo, await runsOf(client, repo, { head_sha: sha }, () => false)),
    async jobs(repo, { id }, attempt) {
      const path = `/repos/${repo}/actions/runs/${id}/jobs`;
      const jobs = await client.list(`jobs of run ${id} of ${repo}`, Job, path, { field: "jobs" });
      return jobs.filter((job) => job.attempt === attempt);
    },
    async log(repo, job) {
      try {
        return (await client.bytes(`/repos/${repo}/actions/jobs/${job.id}/logs`)).body;
      } catch (error) {
        if (refusedWith(error, 404, 410)) return null;
        throw error;
      }
    },
    // there is no archive of all: the stages then ask job by job
    logs: async () => null,
    async rerunFailed(repo, run) {
      await client.send("POST", `/repos/${repo}/actions/runs/${run}/rerun-failed-jobs`);
    },
    limit: () => null,
  };
}

async function runsOf(
  client: Client,
  repo: RepoName,
  query: Record<string, string>,
  enough: (run: z.output<typeof Run>) => boolean,
) {
  const path = `/repos/${repo}/actions/runs`;
  try {
    return await client.list(`runs of ${repo}`, Run, path, { query, field: "workflow_runs", enough });
  } catch (error) {
    // no Actions in this repository, or none that can be asked
    if (refusedWith(error, 404)) return [];
    throw error;
  }
}

/** Runs of one listing; the pull requests of a commit are looked for once. */
async function toRuns(
  client: Client,
  repo: RepoName,
  found: readonly z.output<typeof Run>[],
): Promise<CiRun[]> {
  const known = new Map<Sha, PullNumber | null>();
  const runs: CiRun[] = [];
  for (const run of found)
    runs.push(
      await toRun(run, async (sha) => {
        const pull = known.has(sha) ? (known.get(sha) ?? null) : await pullAt(client, repo, sha);
        known.set(sha, pull);
        return pull;
      }),
    );
  return runs;
}

const named = (path: string): PullNumber | null =>
  PullNumber.safeParse(Number(/@refs\/pull\/(\d+)\//.exec(path)?.[1])).data ?? null;

async function toRun(
  run: z.output<typeof Run>,
  pullAt: (sha: Sha) => Promise<PullNumber | null>,
): Promise<CiRun> {
  const ofPull = run.event.startsWith("pull_request");
  return {
    id: run.id,
    address: null,
    attempt: run.run_attempt,
    workflow: fileOf(run.path),
    event: run.event,
    branch: run.head_branch ?? "",
    sha: run.head_sha,
    conclusion: run.conclusion,
    completed: run.status === "completed",
    pull: ofPull ? (named(run.path) ?? (await pullAt(run.head_sha))) : null,
    author: run.actor?.login ?? null,
    url: run.html_url,
    createdAt: run.started_at,
    updatedAt: run.completed_at ?? run.started_at,
  };
}

/** The pull request whose head a commit is now, for a run that does not name its own. */
async function pullAt(client: Client, repo: RepoName, sha: Sha): Promise<PullNumber | null> {
  let read = 0;
  const pulls = await listPulls(client, repo, "all", () => {
    read += 1;
    return read > MOST_PULLS;
  });
  return pulls.find(({ forge }) => forge.headSha === sha)?.forge.number ?? null;
}
