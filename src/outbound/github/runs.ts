import { z } from "zod";
import { RefusedError } from "../../kernel/errors.ts";
import type { RepoName } from "../../kernel/ids.ts";
import { all } from "../http/pages.ts";
import { understood } from "../http/understood.ts";
import { at, type Clients } from "./clients.ts";
import { Run, Workflow } from "./shapes/run.ts";

/** GitHub gives no more of a filtered listing. */
const MOST_RUNS = 1000;
const PAGE = 100;

const Page = z.object({ total_count: z.number(), workflow_runs: z.array(Run) });

/** Runs created since, newest first; `truncated` when GitHub has more than it lists. */
export async function listRuns(
  clients: Clients,
  repo: RepoName,
  workflows: readonly string[],
  since: Date,
): Promise<{ runs: Run[]; truncated: boolean }> {
  const named = await Promise.all(workflows.map((workflow) => workflowIds(clients, repo, workflow)));
  const ids = workflows.length === 0 ? [null] : new Set(named.flat());
  const found = new Map<number, Run>();
  let truncated = false;
  for (const id of ids) {
    const listed = await listOf(clients, repo, id, since);
    // a run that starts meanwhile moves others onto the next page, where they stand again
    for (const run of listed.runs) found.set(run.id, run);
    truncated ||= listed.truncated;
  }
  return { runs: [...found.values()], truncated };
}

/** Listings one after the other, each of them full, that are asked for at most. */
const MOST_LISTINGS = 30;

/** Where GitHub lists no more, the runs before the oldest one it listed are asked for. */
async function listOf(clients: Clients, repo: RepoName, workflow: number | null, since: Date) {
  const runs = new Map<number, Run>();
  // from the day's beginning: the question, and so its tag, stays the same for a day
  const day = since.toISOString().slice(0, 10);
  let created = `>=${day}`;
  for (let listing = 0; listing < MOST_LISTINGS; listing += 1) {
    const part = await pagesOf(clients, repo, workflow, since, created);
    const before = runs.size;
    for (const run of part.runs) runs.set(run.id, run);
    const oldest = part.runs.at(-1)?.created_at;
    // as many runs in one second leave nothing to split
    if (!part.truncated || oldest === undefined || runs.size === before)
      return { runs: [...runs.values()], truncated: part.truncated };
    created = `${day}..${oldest.toISOString().replace(/\.\d+Z$/, "Z")}`;
  }
  return { runs: [...runs.values()], truncated: true };
}

async function pagesOf(
  clients: Clients,
  repo: RepoName,
  workflow: number | null,
  since: Date,
  created: string,
): Promise<{ runs: Run[]; truncated: boolean }> {
  const client = await clients.on(repo, "read");
  const runs: Run[] = [];
  for (let page = 1; page <= MOST_RUNS / PAGE; page += 1) {
    const query = { ...at(repo), created, per_page: PAGE, page };
    const { data } =
      workflow === null
        ? await client.rest.actions.listWorkflowRunsForRepo(query)
        : await client.rest.actions.listWorkflowRuns({ ...query, workflow_id: workflow });
    const { workflow_runs, total_count } = understood(Page, `runs of ${repo}`, data);
    runs.push(...workflow_runs.filter((run) => run.created_at >= since));
    const oldest = workflow_runs.at(-1)?.created_at ?? since;
    const last = workflow_runs.length < PAGE || page * PAGE >= total_count;
    if (last || oldest < since) return { runs, truncated: false };
  }
  return { runs, truncated: true };
}

async function workflowIds(clients: Clients, repo: RepoName, nameOrFile: string): Promise<number[]> {
  const client = await clients.on(repo, "read");
  const pages = client.paginate.iterator(client.rest.actions.listRepoWorkflows, {
    ...at(repo),
    per_page: PAGE,
  });
  const workflows = await all(`workflows of ${repo}`, pages, Workflow);
  const ids = workflows
    .filter(({ name, path }) => name === nameOrFile || path === nameOrFile || fileOf(path) === nameOrFile)
    .map(({ id }) => id);
  if (ids.length > 0) return ids;
  const names = workflows.map(({ name }) => name).join(", ") || "none";
  throw new RefusedError(`${repo} has no workflow "${nameOrFile}"; it has: ${names}`, 404);
}

/** `.github/workflows/ci.yml@main` → `ci.yml` */
export const fileOf = (path: string): string => path.replace(/@.*$/, "").replace(/^.*\//, "");
