import { setDefaultTimeout } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { systemClock } from "../../../src/kernel/clock.ts";
import {
  type GitHubOptions,
  type GitHubPlayground,
  startGitHub,
} from "../../../src/playground/github/index.ts";

// Real git and real test runs: on a busy machine the default of five seconds is not enough.
setDefaultTimeout(30_000);

export const REPO = { owner: "acme", repo: "shop" };
export const FULL = "acme/shop";

const person = (login: string, permission: GitHubOptions["bot"]["permission"]) => ({
  login,
  name: login,
  token: `token-${login}`,
  permission,
});

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A started playground with the people alice (admin), bob (write), tina (triage), rita (read), and a bot. */
export interface Stage {
  github: GitHubPlayground;
  dir: string;
  /** An Octokit that acts as somebody; with null, as nobody. */
  as(login: string | null): Octokit;
  /** Runs git as a program would, in a folder of its own. */
  git(args: string[], cwd?: string): Promise<string>;
  stop(): Promise<void>;
}

export const startStage = async (options: Partial<GitHubOptions> = {}): Promise<Stage> => {
  const dir = await mkdtemp(join(tmpdir(), "playground-test-"));
  const github = await startGitHub({
    clock: systemClock,
    random: Math.random,
    dir: join(dir, "server"),
    appUrl: () => "http://127.0.0.1:1",
    webhookSecret: "s3cret",
    people: [
      person("alice", "admin"),
      person("bob", "write"),
      person("tina", "triage"),
      person("rita", "read"),
    ],
    bot: person("flaky-bot", "write"),
    bunPath: process.execPath,
    ...options,
  });
  return {
    github,
    dir,
    as: (login) =>
      new Octokit({ baseUrl: github.apiUrl, log: silent, ...(login ? { auth: `token-${login}` } : {}) }),
    git: (args, cwd = dir) => git(args, cwd),
    stop: async () => {
      await github.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
};

const git = async (args: string[], cwd: string): Promise<string> => {
  const identity = ["-c", "user.name=Bob", "-c", "user.email=bob@users.noreply.playground.test"];
  const child = Bun.spawn(["git", ...identity, ...args], {
    cwd,
    env: {
      PATH: "/usr/local/bin:/usr/bin:/bin",
      HOME: cwd,
      GIT_TERMINAL_PROMPT: "0",
      GIT_CONFIG_NOSYSTEM: "1",
    },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`git ${args.join(" ")}: ${err}`);
  return out.trim();
};

/** The status of the error a request is expected to end with; 0 when it did not fail. */
export const statusOf = async (request: Promise<unknown>): Promise<number> => {
  try {
    await request;
    return 0;
  } catch (error) {
    return typeof error === "object" && error !== null && "status" in error ? Number(error.status) : -1;
  }
};
