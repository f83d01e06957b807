import { type Clock, MINUTE } from "../../kernel/clock.ts";
import type { RepoName } from "../../kernel/ids.ts";
import type { BoardCheck, BoardPull, Forge } from "../../ports/forge.ts";
import type { Client } from "./client.ts";
import { listPulls } from "./pulls.ts";
import { statusesOf } from "./repository.ts";
import { listReviews } from "./reviews.ts";

/** What is listed at most; the statuses and reviews of each are asked for one by one. */
const MOST = 100;

const STATES: Record<string, BoardCheck["state"]> = {
  success: "success",
  neutral: "neutral",
  skipped: "skipped",
};

/** Open pull requests with their checks; Gitea searches by repository, so some have to be named. */
export function createBoard(client: Client, clock: Clock): Pick<Forge, "openPulls"> {
  return {
    async openPulls({ author, repos }) {
      const found: { repo: RepoName; pull: Awaited<ReturnType<typeof listPulls>>[number] }[] = [];
      for (const repo of repos) {
        const open = await listPulls(client, repo, "open", () => false);
        const mine = open.filter(({ forge }) => forge.author?.toLowerCase() === author.toLowerCase());
        found.push(...mine.map((pull) => ({ repo, pull })));
      }
      found.sort((a, b) => b.pull.updatedAt.getTime() - a.pull.updatedAt.getTime());
      const pulls: BoardPull[] = [];
      for (const { repo, pull } of found.slice(0, MOST)) {
        const { number, title, url, author: by, headSha, draft } = pull.forge;
        const mergeable = mergeableOf(pull, clock);
        const upToDate = pull.upToDate ? "clean" : "behind";
        pulls.push({
          ...{ repo, number, title, url, author: by, updatedAt: pull.updatedAt, headSha, draft },
          review: await reviewOf(client, repo, pull.forge.number),
          mergeable,
          mergeState: draft ? "draft" : mergeable === "mergeable" ? upToDate : STATE[mergeable],
          checks: await checksOf(client, repo, headSha),
        });
      }
      return { pulls, total: found.length, withheld: [] };
    },
  };
}

const STATE = { conflicting: "dirty", unknown: "unknown" } as const;

/** What Gitea does not call mergeable conflicts, but for a draft, and what it may still look at since it just changed. */
function mergeableOf(
  { forge, updatedAt }: Awaited<ReturnType<typeof listPulls>>[number],
  clock: Clock,
): BoardPull["mergeable"] {
  if (forge.mergeableState === "clean") return "mergeable";
  const fresh = clock.now().getTime() - updatedAt.getTime() < MINUTE;
  return forge.draft || fresh ? "unknown" : "conflicting";
}

async function reviewOf(
  client: Client,
  repo: RepoName,
  number: BoardPull["number"],
): Promise<BoardPull["review"]> {
  const last = new Map<string, string>();
  for (const { forge } of await listReviews(client, repo, number))
    if (forge.state === "approved" || forge.state === "changes_requested")
      last.set(forge.author, forge.state);
  const words = [...last.values()];
  return words.includes("changes_requested") ? "changes_requested" : words.length > 0 ? "approved" : null;
}

async function checksOf(client: Client, repo: RepoName, sha: string): Promise<BoardCheck[]> {
  const statuses = await statusesOf(client, repo, sha);
  return statuses.map(({ name: context, conclusion, description, url }) => ({
    ...{ context, description, url },
    state: conclusion === null ? "pending" : (STATES[conclusion] ?? "failure"),
    actions: null,
  }));
}
