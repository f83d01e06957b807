import { type Clock, MINUTE, SECOND } from "../../kernel/clock.ts";
import type { RepoName } from "../../kernel/ids.ts";
import type { Log } from "../../kernel/log.ts";
import type { Ci } from "../../ports/ci.ts";
import type { Forge, ForgeSite } from "../../ports/forge.ts";
import type { Marks } from "../../ports/marks.ts";
import type { Fetch } from "../http/fetch.ts";
import { createBoard } from "./board.ts";
import { createCi } from "./ci.ts";
import { type Credentials, createClients } from "./clients.ts";
import { createComments, createIssues } from "./issues.ts";
import { createMarks } from "./marks.ts";
import { createPulls, createReviews } from "./pulls.ts";
import type { Rate } from "./rate.ts";
import { createRepository } from "./repository.ts";

export type { Fetch } from "../http/fetch.ts";
export type { Credentials, Role } from "./clients.ts";
export type { Rate } from "./rate.ts";

export interface GitHubOptions {
  apiUrl: string;
  /** Where people open pages; default the origin of the API's address. */
  webUrl?: string;
  clock: Clock;
  log: Log;
  fetch?: Fetch;
  /** Longest time for one request, and without a byte of a log, ms. */
  timeouts?: { requestMs: number; logIdleMs: number };
}

export interface GitHub {
  ci: Ci;
  forge: Forge;
  marks: Marks;
  /** The scarcest of the request limits in use; null until an answer came, and once the hour is over. */
  rate(): Rate | null;
}

/** GitHub as CI and forge, with tokens or as a GitHub App. */
export function createGitHub(options: GitHubOptions & Credentials): GitHub {
  const fetch: Fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
  const timeouts = options.timeouts ?? { requestMs: 10 * SECOND, logIdleMs: MINUTE };
  const clients = createClients({ ...options, fetch, timeoutMs: timeouts.requestMs });
  return {
    ci: createCi(clients, { fetch, idleMs: timeouts.logIdleMs }),
    forge: {
      name: () => "GitHub",
      whoAmI: () => clients.whoAmI(),
      site: (repo) => siteOf(options.webUrl ?? new URL(options.apiUrl).origin, repo),
      ...createRepository(clients),
      ...createIssues(clients),
      ...createComments(clients),
      ...createPulls(clients),
      ...createReviews(clients),
      ...createBoard(clients, options.clock),
    },
    marks: createMarks(clients),
    rate: clients.rate,
  };
}

const siteOf = (webUrl: string, repo: RepoName): ForgeSite => {
  const url = `${webUrl.replace(/\/$/, "")}/${repo}`;
  return {
    url,
    pullUrl: (number) => `${url}/pull/${number}`,
    fileUrl: (path, sha) => `${url}/blob/${sha}/${path.split("/").map(encodeURIComponent).join("/")}`,
  };
};
