import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { rerun, rerunFailed } from "./actions/attempts.ts";
import { latest } from "./actions/latest.ts";
import { JobQueue } from "./actions/queue.ts";
import type { Fault, Faults } from "./faults.ts";
import type { Repo, Run } from "./model.ts";
import type { GitHubOptions, Permission, Person, Protection } from "./options.ts";
import type { RequestRecord } from "./quota.ts";
import {
  type CommitInput,
  commitFiles,
  createRepository,
  type Files,
  type RepositoryOptions,
} from "./repositories.ts";
import { serverApp } from "./server.ts";
import { runShape } from "./shapes/run.ts";
import type { Schemas } from "./shapes/schemas.ts";
import type { Delivery, Webhooks } from "./webhooks.ts";
import { World } from "./world.ts";

export type {
  CommitInput,
  Delivery,
  Fault,
  Files,
  GitHubOptions,
  Permission,
  Person,
  Protection,
  RepositoryOptions,
  RequestRecord,
};

/** A running local GitHub. */
export interface GitHubPlayground {
  /** Pages, git and downloads; `http://127.0.0.1:PORT`. */
  origin: string;
  /** Root of the REST interface: origin + `/api/v3`. */
  apiUrl: string;
  /** Kills what runs, closes every connection. */
  stop(): Promise<void>;
  /** Makes a repository with one commit on `main`: contents by path, or a folder to copy. */
  createRepository(fullName: string, source: Files | string, options?: RepositoryOptions): Promise<void>;
  /** Commits as a push would, webhooks and Actions included; returns the commit's id. */
  commit(repo: string, input: CommitInput): Promise<string>;
  /** All runs of a repository, newest first. */
  runs(repo: string): Schemas["workflow-run"][];
  /** Runs a finished run again, all of it or the failed jobs. */
  rerun(repo: string, runId: number, options?: { failedOnly?: boolean; actor?: string }): void;
  /** Resolves when no Action is queued or running and no webhook is under way. */
  idle(): Promise<void>;
  /** Changes what somebody may do, at once and on every repository. */
  setPermission(login: string, permission: Permission): void;
  /** Failures to inject. */
  faults: Faults;
  /** Webhooks sent so far, and how they are sent: `redeliver`, `duplicate`, `hold`, `release`. */
  webhooks: Webhooks;
  /** What became of each webhook, oldest first. */
  deliveries: readonly Delivery[];
  /** Requests that came in, oldest first. */
  requests(): readonly RequestRecord[];
}

/** Starts a local GitHub on the loopback interface. Throws when git is missing or the port is taken. */
export const startGitHub = async (given: GitHubOptions): Promise<GitHubPlayground> => {
  const options = { ...given, dir: resolve(given.dir) };
  await mkdir(join(options.dir, "home"), { recursive: true });
  const world = new World(options);
  const jobs = new JobQueue(world);
  world.jobs = jobs;
  const app = serverApp(world);
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: options.port ?? 0,
    idleTimeout: 60,
    fetch: (request) => app.fetch(request),
  });
  world.origin = `http://127.0.0.1:${server.port}`;
  return {
    origin: world.origin,
    apiUrl: world.api,
    faults: world.faults,
    webhooks: world.webhooks,
    deliveries: world.webhooks.deliveries,
    requests: () => world.requests.list(),
    idle: () => world.activity.idle(),
    ...verbs(world),
    stop: async () => {
      world.webhooks.stop();
      await jobs.stop();
      await world.activity.idle();
      await server.stop(true);
    },
  };
};

const verbs = (world: World) => ({
  createRepository: async (
    fullName: string,
    source: Files | string,
    options?: RepositoryOptions,
  ): Promise<void> => {
    await createRepository(world, fullName, source, options);
  },
  commit: (repo: string, input: CommitInput): Promise<string> =>
    commitFiles(world, repoNamed(world, repo), input),
  runs: (name: string): Schemas["workflow-run"][] => {
    const repo = repoNamed(world, name);
    return [...repo.runs].reverse().map((run) => runShape(world, repo, run));
  },
  rerun: (name: string, runId: number, options: { failedOnly?: boolean; actor?: string } = {}): void => {
    const repo = repoNamed(world, name);
    const run = runNamed(repo, runId);
    const actor = options.actor ?? latest(run).actor;
    if (options.failedOnly) rerunFailed(world, repo, run, actor);
    else rerun(world, repo, run, actor);
  },
  setPermission: (login: string, permission: Permission): void => {
    const account = world.account(login);
    if (!account) throw new Error(`nobody is called ${login}`);
    account.permission = permission;
    world.changed();
  },
});

const repoNamed = (world: World, name: string): Repo => {
  const repo = world.repo(name);
  if (!repo) throw new Error(`no repository ${name}`);
  return repo;
};

const runNamed = (repo: Repo, id: number): Run => {
  const run = repo.runs.find((candidate) => candidate.id === id);
  if (!run) throw new Error(`no run ${id} in ${repo.fullName}`);
  return run;
};
