import type { Clock } from "../../kernel/clock.ts";

/** A right on every repository of the playground, strongest first. */
export type Permission = "admin" | "maintain" | "write" | "triage" | "read" | "none";

/** Somebody with an account; `token` authenticates both the API and git over HTTP. */
export interface Person {
  login: string;
  name: string;
  token: string;
  permission: Permission;
}

export interface GitHubOptions {
  clock: Clock;
  /** A number in [0, 1); decides ids of deliveries and request ids. */
  random: () => number;
  /** Holds the bare repositories and the workspaces of jobs; created when missing. */
  dir: string;
  /** 0 or unset: any free port. */
  port?: number;
  /** Where webhooks go, without `/webhooks/github`; asked at each delivery. */
  appUrl: () => string;
  webhookSecret: string;
  people: Person[];
  /** Set: webhooks are Gitea's, and go to `/webhooks/gitea`; `replies`: whether this Gitea knows replies to remarks. */
  gitea?: { replies: boolean };
  /** The account the product works with. */
  bot: Person;
  /** Absolute path of bun; its folder is first on a job's PATH. */
  bunPath: string;
  /** Further tries of a delivery that failed, a second apart; GitHub makes none. Default 0. */
  webhookRetry?: number;
  /** Requests an hour for each token. Default 5000. */
  rateLimit?: number;
}

/** What must hold before a pull request can be merged, as branch protection would have it. */
export interface Protection {
  /** Approving reviews needed. */
  approvals: number;
  /** The head must contain the base's tip. */
  upToDate: boolean;
}
