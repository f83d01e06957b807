import { z } from "zod";
import { Login, PullNumber, type RepoName, Sha } from "../../kernel/ids.ts";
import type { Head, Mark, Marks } from "../../ports/marks.ts";
import { all } from "../http/pages.ts";
import { refusedWith } from "../http/refused.ts";
import { understood } from "../http/understood.ts";
import { at, type Clients } from "./clients.ts";
import { When } from "./shapes/run.ts";

const Status = z
  .object({
    context: z.string(),
    state: z.enum(["pending", "success", "failure", "error"]),
    target_url: z.string().nullish(),
    created_at: When,
  })
  .transform(
    (status): Mark => ({
      name: status.context,
      state: status.state,
      url: status.target_url ?? "",
      at: status.created_at,
    }),
  );

const Check = z
  .object({
    name: z.string(),
    status: z.string(),
    conclusion: z.string().nullish(),
    details_url: z.string().nullish(),
    started_at: When.nullish(),
    completed_at: When.nullish(),
  })
  .transform(
    (check): Mark => ({
      name: check.name,
      state: stateOf(check.status, check.conclusion ?? null),
      url: check.details_url ?? "",
      // its beginning: the end moves it behind what began meanwhile
      at: check.started_at ?? check.completed_at ?? new Date(0),
    }),
  );

function stateOf(status: string, conclusion: string | null): Mark["state"] {
  if (status !== "completed") return "pending";
  if (conclusion === "success") return "success";
  return conclusion === "failure" || conclusion === "timed_out" ? "failure" : "error";
}

const Facts = z.object({ default_branch: z.string() });
const ListedCommit = z.object({ sha: Sha, author: z.object({ login: Login }).nullish().catch(null) });
const ListedPull = z.object({
  number: PullNumber,
  updated_at: When,
  user: z.object({ login: Login }).nullish(),
  head: z.object({ sha: Sha, ref: z.string() }),
});

/** What stands on commits: statuses and check runs. */
export function createMarks(clients: Clients): Marks {
  return {
    async at(repo, sha) {
      try {
        const found = [...(await statuses(clients, repo, sha)), ...(await checks(clients, repo, sha))];
        return found.sort((a, b) => a.at.getTime() - b.at.getTime());
      } catch (error) {
        if (refusedWith(error, 404, 422)) return [];
        throw error;
      }
    },
    async heads(repo, since) {
      const client = await clients.on(repo, "read");
      const { data } = await client.rest.repos.get(at(repo));
      const branch = understood(Facts, `repository ${repo}`, data).default_branch;
      return [...(await onBranch(clients, repo, branch, since)), ...(await ofPulls(clients, repo, since))];
    },
  };
}

/** GitHub lists the newest first. */
async function statuses(clients: Clients, repo: RepoName, sha: Sha): Promise<Mark[]> {
  const client = await clients.on(repo, "read");
  const query = { ...at(repo), ref: sha, per_page: 100 };
  const pages = client.paginate.iterator(client.rest.repos.listCommitStatusesForRef, query);
  return (await all(`statuses of ${sha} in ${repo}`, pages, Status)).reverse();
}

async function checks(clients: Clients, repo: RepoName, sha: Sha): Promise<Mark[]> {
  const client = await clients.on(repo, "read");
  const query = { ...at(repo), ref: sha, filter: "all" as const, per_page: 100 };
  const pages = client.paginate.iterator(client.rest.checks.listForRef, query);
  return all(`checks of ${sha} in ${repo}`, pages, Check);
}

async function onBranch(clients: Clients, repo: RepoName, branch: string, since: Date): Promise<Head[]> {
  const client = await clients.on(repo, "read");
  // from the day's beginning: the question, and so its tag, stays the same for a day
  const day = `${since.toISOString().slice(0, 10)}T00:00:00Z`;
  const query = { ...at(repo), sha: branch, since: day, per_page: 100 };
  const pages = client.paginate.iterator(client.rest.repos.listCommits, query);
  const commits = await all(`commits of ${branch} in ${repo}`, pages, ListedCommit);
  return commits.map(({ sha, author }) => ({ sha, branch, pull: null, author: author?.login ?? null }));
}

async function ofPulls(clients: Clients, repo: RepoName, since: Date): Promise<Head[]> {
  const client = await clients.on(repo, "read");
  const query = {
    ...at(repo),
    state: "all" as const,
    sort: "updated" as const,
    direction: "desc" as const,
    per_page: 100,
  };
  const pages = client.paginate.iterator(client.rest.pulls.list, query);
  const pulls = await all(
    `pull requests of ${repo}`,
    pages,
    ListedPull,
    ({ updated_at }) => updated_at < since,
  );
  return pulls.map(({ number, head, user }) => ({
    sha: head.sha,
    branch: head.ref,
    pull: number,
    author: user?.login ?? null,
  }));
}
