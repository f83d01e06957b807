import { z } from "zod";
import { TransientError } from "../../kernel/errors.ts";
import type { PullNumber, RepoName, Sha } from "../../kernel/ids.ts";
import type { Forge } from "../../ports/forge.ts";
import { understood } from "../http/understood.ts";
import type { Client } from "./client.ts";
import { Pull, WIP } from "./shapes.ts";

type Pulls = Pick<
  Forge,
  "pull" | "pullsByHead" | "createPull" | "markReady" | "mergePull" | "closePull" | "updateBranch"
>;

/** A branch has few pull requests; those beyond are old. */
const MOST_BY_HEAD = 10;
/** Gitea does not look for branches: of the newest pull requests so many are read. */
const MOST_READ = 500;

const Ways = z.object({
  allow_squash_merge: z.boolean().default(true),
  allow_merge_commits: z.boolean().default(true),
  allow_rebase: z.boolean().default(true),
});

export const readPull = (client: Client, repo: RepoName, number: PullNumber) =>
  client.read(`pull request ${repo}#${number}`, Pull, `/repos/${repo}/pulls/${number}`);

/** Pull requests, those that changed last first. */
export function listPulls(
  client: Client,
  repo: RepoName,
  state: "open" | "all",
  enough: (pull: z.output<typeof Pull>) => boolean,
) {
  const query = { state, sort: "recentupdate" };
  return client.list(`pull requests of ${repo}`, Pull, `/repos/${repo}/pulls`, { query, enough });
}

/** Pull requests. */
export function createPulls(client: Client): Pulls {
  return {
    pull: async (repo, number) => (await readPull(client, repo, number)).forge,
    async pullsByHead(repo, head) {
      const [owner = "", branch = ""] = head.includes(":") ? head.split(":", 2) : [repo.split("/")[0], head];
      let read = 0;
      const fits = (pull: z.output<typeof Pull>) =>
        pull.forge.headRef === branch && pull.headRepo?.split("/")[0]?.toLowerCase() === owner.toLowerCase();
      const all = await listPulls(client, repo, "all", () => {
        read += 1;
        return read > MOST_READ;
      });
      return all
        .filter(fits)
        .slice(0, MOST_BY_HEAD)
        .map(({ forge }) => forge);
    },
    async createPull(repo, { draft, title, ...rest }) {
      const wanted = { ...rest, title: draft ? `${WIP}${title}` : title };
      const made = await client.send("POST", `/repos/${repo}/pulls`, wanted);
      return understood(Pull, `new pull request of ${repo}`, made).forge;
    },
    async markReady(repo, number) {
      const { forge } = await readPull(client, repo, number);
      // what makes a draft is a word of the title, which is left out in ours
      if (forge.draft) await client.send("PATCH", `/repos/${repo}/pulls/${number}`, { title: forge.title });
    },
    mergePull: (repo, number, wanted) => merge(client, repo, number, wanted),
    async closePull(repo, number) {
      await client.send("PATCH", `/repos/${repo}/pulls/${number}`, { state: "closed" });
    },
    async updateBranch(repo, number) {
      if ((await readPull(client, repo, number)).upToDate) return false;
      await client.send("POST", `/repos/${repo}/pulls/${number}/update`);
      return true;
    },
  };
}

async function merge(
  client: Client,
  repo: RepoName,
  number: PullNumber,
  { head, message }: { head: Sha; message?: string },
): Promise<Sha> {
  const ways = await client.read(`repository ${repo}`, Ways, `/repos/${repo}`);
  const way = ways.allow_squash_merge ? "squash" : ways.allow_merge_commits ? "merge" : "rebase";
  await client.send("POST", `/repos/${repo}/pulls/${number}/merge`, {
    Do: way,
    head_commit_id: head,
    ...(message === undefined ? {} : { MergeMessageField: message }),
  });
  // the answer has no body
  const merged = (await readPull(client, repo, number)).forge.mergeCommit;
  if (merged === null) throw new TransientError(`${repo}#${number} is merged, and its commit not told yet`);
  return merged;
}
