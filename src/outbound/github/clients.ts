import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { z } from "zod";
import { type Clock, HOUR } from "../../kernel/clock.ts";
import { TransientError } from "../../kernel/errors.ts";
import { Login, type RepoName } from "../../kernel/ids.ts";
import type { Log } from "../../kernel/log.ts";
import { createFetch, type Fetch } from "../http/fetch.ts";
import { understood } from "../http/understood.ts";
import { githubError } from "./errors.ts";
import { type Rate, Rates } from "./rate.ts";

/** Which right a call needs: `read` for every read, `issue` for issues, comments and labels, `code` for the rest. */
export type Role = "read" | "issue" | "code";

export type Credentials =
  | { tokens: Record<Role, string>; app?: never }
  | { app: { id: string; privateKey: string }; tokens?: never };

export interface ClientOptions {
  apiUrl: string;
  clock: Clock;
  log: Log;
  fetch: Fetch;
  timeoutMs: number;
}

/** Octokits with the right credential. */
export interface Clients {
  on(repo: RepoName, role: Role): Promise<Octokit>;
  /** A client with a token that was lent. */
  bearing(token: string): Octokit;
  /** Whether tokens for a single repository can be made. */
  lends: boolean;
  whoAmI(): Promise<Login>;
  rate(): Rate | null;
}

/** Clients for tokens, or for an App's installations. */
export function createClients(options: ClientOptions & Credentials): Clients {
  const rates = new Rates(options.clock);
  const connect = (credential: string, auth: object): Octokit => octokit(options, rates, credential, auth);
  const clients =
    options.app === undefined
      ? tokenClients(options.tokens, connect)
      : appClients(options.app, options.clock, connect);
  const bearing = (token: string) => connect("lent", { auth: token });
  return { ...clients, bearing, lends: options.app !== undefined, rate: () => rates.scarcest() };
}

type Connect = (credential: string, auth: object) => Octokit;

function octokit(options: ClientOptions, rates: Rates, credential: string, auth: object): Octokit {
  const { log } = options;
  const quiet = {
    debug: () => {},
    info: (line: string) => log.debug({}, `github ${line}`),
    warn: (line: string) => log.warn({}, `github ${line}`),
    // it is thrown as well, and whoever catches it knows whether it was to be expected
    error: (line: string) => log.debug({}, `github ${line}`),
  };
  const fetch = createFetch({
    fetch: options.fetch,
    clock: options.clock,
    timeoutMs: options.timeoutMs,
    seen: (headers) => rates.seen(credential, headers),
  });
  const client = new Octokit({
    baseUrl: options.apiUrl.replace(/\/$/, ""),
    userAgent: "flaky-test-cleaner",
    log: quiet,
    request: { fetch, log: quiet },
    ...auth,
  });
  client.hook.error("request", (error) => {
    throw githubError(error, options.clock);
  });
  client.hook.after("request", ({ status, data }, asked) => {
    // a page of some proxy; Octokit's paging would stumble over it
    const { method, url, headers } = client.request.endpoint(asked);
    if (status === 200 && typeof data === "string" && !String(headers.accept).includes("raw"))
      throw new TransientError(`${method} ${new URL(url).pathname}: the answer is not JSON`);
  });
  return client;
}

function tokenClients(tokens: Record<Role, string>, connect: Connect) {
  const byToken = new Map<string, Octokit>();
  const as = (role: Role): Octokit => {
    const token = tokens[role];
    const client = byToken.get(token) ?? connect(role, { auth: token });
    byToken.set(token, client);
    return client;
  };
  return {
    on: async (_repo: RepoName, role: Role) => as(role),
    whoAmI: async () => {
      const { data } = await as("issue").rest.users.getAuthenticated();
      return understood(z.object({ login: Login }), "GET /user", data).login;
    },
  };
}

function appClients(app: { id: string; privateKey: string }, clock: Clock, connect: Connect) {
  const strategy = (more: object) => ({
    authStrategy: createAppAuth,
    auth: { appId: app.id, privateKey: app.privateKey, ...more },
  });
  const itself = connect("app", strategy({}));
  const installations = new Map<string, { client: Promise<Octokit>; until: number }>();
  const install = async (repo: RepoName, owner: string): Promise<Octokit> => {
    const { data } = await itself.rest.apps.getRepoInstallation(at(repo));
    const { id } = understood(z.object({ id: z.number() }), `installation on ${repo}`, data);
    return connect(owner, strategy({ installationId: id }));
  };
  return {
    on: (repo: RepoName) => {
      const owner = at(repo).owner.toLowerCase();
      const known = installations.get(owner);
      const now = clock.now().getTime();
      if (known !== undefined && known.until > now) return known.client;
      const client = install(repo, owner);
      installations.set(owner, { client, until: now + HOUR });
      client.catch(() => installations.delete(owner));
      return client;
    },
    whoAmI: async () => {
      const { data } = await itself.rest.apps.getAuthenticated();
      const { slug } = understood(z.object({ slug: z.string().min(1) }), "GET /app", data);
      return Login.parse(`${slug}[bot]`);
    },
  };
}

/** A repository's name as Octokit's parameters. */
export function at(repo: RepoName): { owner: string; repo: string } {
  const slash = repo.indexOf("/");
  return { owner: repo.slice(0, slash), repo: repo.slice(slash + 1) };
}
