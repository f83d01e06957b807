import { dirname, join } from "node:path";
import type { JobQueue } from "./actions/queue.ts";
import { Activity, Locks } from "./activity.ts";
import { Faults } from "./faults.ts";
import { authorEnv, Git } from "./git.ts";
import { Logins } from "./logins.ts";
import type { Account, Issue, Repo, Run } from "./model.ts";
import type { GitHubOptions } from "./options.ts";
import { Quota, RequestLog } from "./quota.ts";
import { Tickets } from "./tickets.ts";
import { Webhooks } from "./webhooks.ts";

/** Everything the server knows. All of it is memory but git. */
export class World {
  readonly accounts: Account[];
  readonly repos = new Map<string, Repo>();
  readonly activity = new Activity();
  readonly locks = new Locks();
  readonly faults: Faults;
  readonly requests = new RequestLog();
  readonly quota: Quota;
  /** GraphQL has an hour of its own. */
  readonly graphQuota: Quota;
  readonly tickets: Tickets;
  readonly logins: Logins;
  readonly webhooks: Webhooks;
  readonly git: Git;
  /** Where programs are found: bun's folder first, then git's, then the system's. */
  readonly path: string;
  /** Set by the server before it takes the first request. */
  origin = "";
  jobs: JobQueue | null = null;
  /** Grows with every change, so that pages know when to refresh. */
  version = 0;
  #lastId = 1000;

  constructor(readonly options: GitHubOptions) {
    this.accounts = [...options.people, options.bot].map((person, index) => ({
      ...person,
      id: index + 1,
      email: `${person.login}@users.noreply.playground.test`,
    }));
    const git = Bun.which("git");
    if (!git) throw new Error("git was not found on the PATH; the playground's GitHub needs it");
    const folders = [dirname(options.bunPath), dirname(git), "/usr/local/bin", "/usr/bin", "/bin"];
    this.path = [...new Set(folders)].join(":");
    this.git = new Git(git, this.path, join(options.dir, "home"));
    this.faults = new Faults(options.clock);
    this.quota = new Quota(options.clock, options.rateLimit ?? 5000);
    this.graphQuota = new Quota(options.clock, options.rateLimit ?? 5000);
    this.logins = new Logins(options.clock, options.random);
    this.tickets = new Tickets(options.clock, options.random);
    this.webhooks = new Webhooks(options, this.activity, () => this.nextId());
  }

  /** Root of the REST interface. */
  get api(): string {
    return `${this.origin}/api/v3`;
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** The hour as GitHub writes it, to the second. */
  now(): string {
    return seconds(this.options.clock.now());
  }

  /** Author of the commits that the server makes on its own. */
  systemAuthor(): Record<string, string> {
    return authorEnv({ name: "GitHub", email: "noreply@playground.test" }, this.now());
  }

  changed(): void {
    this.version += 1;
  }

  account(login: string): Account | undefined {
    const wanted = login.toLowerCase();
    return this.accounts.find((account) => account.login.toLowerCase() === wanted);
  }

  repo(fullName: string): Repo | undefined {
    return this.repos.get(fullName.toLowerCase());
  }

  /** The run with that id in any repository. */
  run(id: number): { repo: Repo; run: Run } | undefined {
    for (const repo of this.repos.values()) {
      const run = repo.runs.find((candidate) => candidate.id === id);
      if (run) return { repo, run };
    }
    return undefined;
  }
}

/** A date as GitHub writes it: ISO 8601 in UTC, to the second. */
export const seconds = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

/** Marks an issue as changed now. */
export const touch = (world: World, issue: Issue): void => {
  issue.updatedAt = world.now();
  world.changed();
};
