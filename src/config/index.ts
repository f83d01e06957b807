import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { z } from "zod";
import { ConfigError, errorText } from "../kernel/errors.ts";
import type { RepoName } from "../kernel/ids.ts";
import { Env, NEEDED, webUrlOf } from "./env.ts";
import { ConfigFile, type RepoConfig } from "./file.ts";

export type { RepoConfig, Target } from "./file.ts";

export interface Config {
  env: Env & { GITHUB_WEB_URL: string };
  file: ConfigFile;
  /** A token for each kind of work; null with a GitHub App, which makes its own. */
  github: { read: string; issue: string; code: string } | null;
}

/**
 * Reads the environment and the file that `CONFIG` names.
 * @param needs `service` for commands that talk to GitHub, Slack and the model; `database` for those that only look
 *   at the database.
 * @throws ConfigError with every fault at once; values of secrets are never in it.
 */
export function loadConfig(
  environment: Record<string, string | undefined>,
  needs: "service" | "database",
): Config {
  const faults: string[] = [];
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const env = Env.safeParse(given);
  if (!env.success) faults.push(...issuesOf(env.error, (path) => path));
  const file = readFile(given.CONFIG ?? "flaky.yaml", faults);
  if (needs === "service") faults.push(...missing(given, file));
  if ((given.GITEA_CLIENT_ID === undefined) !== (given.GITEA_CLIENT_SECRET === undefined))
    faults.push(
      "GITEA_CLIENT_ID and GITEA_CLIENT_SECRET: both or none is set; Gitea shows them together when the OAuth2 application is made",
    );
  for (const repo of file?.repos ?? []) {
    if (repo.prow !== undefined && forgeBy(repo, given) === "gitea")
      faults.push(
        `repos: ${repo.source} is on Gitea, whose statuses are not read for Prow: leave \`prow\` out`,
      );
  }
  if (!env.success || file === null || faults.length > 0) throw new ConfigError(faults);
  return {
    env: { ...env.data, GITHUB_WEB_URL: env.data.GITHUB_WEB_URL ?? webUrlOf(env.data.GITHUB_API_URL) },
    file,
    github: tokens(env.data),
  };
}

function readFile(path: string, faults: string[]): ConfigFile | null {
  let source: string;
  try {
    source = readFileSync(path, "utf8");
  } catch {
    faults.push(
      `CONFIG: there is no file ${path}. It names the repositories and channels; flaky.example.yaml is one to begin with`,
    );
    return null;
  }
  try {
    const parsed = ConfigFile.safeParse(parse(source));
    if (parsed.success) return parsed.data;
    faults.push(...issuesOf(parsed.error, (key) => `${path}: ${key}`));
  } catch (error) {
    faults.push(`${path}: not YAML: ${errorText(error)}`);
  }
  return null;
}

function missing(given: Record<string, string | undefined>, file: ConfigFile | null): string[] {
  const app = given.GITHUB_APP_ID !== undefined && given.GITHUB_APP_PRIVATE_KEY !== undefined;
  const perKind = ["GITHUB_READ_TOKEN", "GITHUB_ISSUE_TOKEN", "GITHUB_CODE_TOKEN"].every(
    (name) => given[name],
  );
  const forges = new Set((file?.repos ?? []).map((repo) => forgeBy(repo, given)));
  if (file === null) forges.add("github");
  return Object.entries(NEEDED)
    .filter(([name]) => given[name] === undefined)
    .filter(([name]) => name !== "GITHUB_TOKEN" || forges.has("github"))
    .filter(([name]) => !name.startsWith("GITEA_") || forges.has("gitea"))
    .filter(([name]) => !(name === "GITHUB_TOKEN" && (app || perKind)))
    .filter(([name]) => !(name === "SLACK_SIGNING_SECRET" && given.SLACK_APP_TOKEN !== undefined))
    .map(([name, why]) => `${name} is not set: it ${why}`);
}

/** Which forge a repository is on. */
export const forgeOf = (config: Config, repo: RepoConfig): "github" | "gitea" => forgeBy(repo, config.env);

/** The repositories that live on Gitea, by every name that something is read or written under. */
export const giteaRepos = (config: Config): RepoName[] =>
  config.file.repos
    .filter((repo) => forgeOf(config, repo) === "gitea")
    .flatMap(({ source, write, push }) => [source, write, push]);

function forgeBy(repo: RepoConfig, given: Partial<Record<keyof Env, unknown>>): "github" | "gitea" {
  if (repo.forge !== "auto") return repo.forge;
  const github = ["TOKEN", "READ_TOKEN", "ISSUE_TOKEN", "CODE_TOKEN", "APP_ID"] as const;
  const hasGitHub = github.some((name) => given[`GITHUB_${name}`] !== undefined);
  return !hasGitHub && given.GITEA_URL !== undefined && given.GITEA_TOKEN !== undefined ? "gitea" : "github";
}

function tokens(env: Env): Config["github"] {
  const any = env.GITHUB_TOKEN;
  const [read, issue, code] = [
    env.GITHUB_READ_TOKEN ?? any,
    env.GITHUB_ISSUE_TOKEN ?? any,
    env.GITHUB_CODE_TOKEN ?? any,
  ];
  if (read === undefined || issue === undefined || code === undefined) return null;
  return { read, issue, code };
}

const issuesOf = (error: z.ZodError, name: (path: string) => string): string[] =>
  error.issues.map((issue) => `${name(issue.path.join(".") || "(whole)")}: ${issue.message}`);

/** Settings of a repository that is scanned or written to; undefined when none names it. */
export const repoConfig = (config: Config, repo: string): RepoConfig | undefined =>
  config.file.repos.find((entry) => entry.source === repo || entry.write === repo);

/** True when the pages are for this machine only: bound to loopback, and not published under another address. */
export function onLoopback(env: Config["env"]): boolean {
  const local = (host: string) => /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(host);
  return local(env.HOST) && (env.PUBLIC_URL === undefined || local(new URL(env.PUBLIC_URL).hostname));
}

/** Where people reach the console. */
export const publicUrl = (env: Config["env"]): string =>
  (env.PUBLIC_URL ?? `http://${env.HOST.includes(":") ? `[${env.HOST}]` : env.HOST}:${env.PORT}`).replace(
    /\/$/,
    "",
  );
