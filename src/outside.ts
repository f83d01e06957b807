import { join } from "node:path";
import { type Config, forgeOf, giteaRepos } from "./config/index.ts";
import { type Clock, MINUTE } from "./kernel/clock.ts";
import type { RepoName } from "./kernel/ids.ts";
import type { Log } from "./kernel/log.ts";
import { createGit } from "./outbound/git/index.ts";
import { createGiteaIdentity } from "./outbound/gitea/identity.ts";
import { createGitea } from "./outbound/gitea/index.ts";
import { createIdentity } from "./outbound/github/identity.ts";
import { createGitHub } from "./outbound/github/index.ts";
import { createNodes } from "./outbound/nodes/index.ts";
import { createModel } from "./outbound/openai/index.ts";
import { createProw, withProw } from "./outbound/prow/index.ts";
import { routedCi, routedForge } from "./outbound/routed.ts";
import { createSlack } from "./outbound/slack/index.ts";
import type { Chat } from "./ports/chat.ts";
import type { Ci } from "./ports/ci.ts";
import type { Forge } from "./ports/forge.ts";
import type { Git } from "./ports/git.ts";
import type { Identity } from "./ports/identity.ts";
import type { Model } from "./ports/model.ts";
import type { Nodes } from "./ports/nodes.ts";

export interface Outside {
  ci: Ci;
  forge: Forge;
  chat: Chat;
  model: Model;
  git: Git;
  identity: Identity | null;
  nodes: Nodes | null;
}

/** The world outside, by the settings. */
export function connectOutside(config: Config, clock: Clock, log: Log): Outside {
  const { env } = config;
  const { ci, forge } = connectForges(config, clock, log);
  return {
    ci,
    forge,
    chat: createSlack({ apiUrl: env.SLACK_API_URL, botToken: env.SLACK_BOT_TOKEN ?? "", clock, log }),
    model: createModel({
      baseUrl: env.OPENAI_BASE_URL,
      apiKey: env.OPENAI_API_KEY ?? "",
      model: env.OPENAI_MODEL,
      clock,
      log,
    }),
    git: createGit({ mirrorsDir: join(env.DATA_DIR, "mirrors") }),
    nodes:
      env.NODE_SECRET === undefined
        ? null
        : createNodes({ secret: env.NODE_SECRET, clock, fetch: (url, init) => fetch(url, init) }),
    identity: connectIdentity(config, clock),
  };
}

/** What people prove by who they are: the forge of the repositories, GitHub before Gitea where there are both. */
function connectIdentity(config: Config, clock: Clock): Identity | null {
  const { env, file } = config;
  const forges = new Set(file.repos.map((repo) => forgeOf(config, repo)));
  if (forges.has("github") && env.GITHUB_CLIENT_ID !== undefined) {
    const { GITHUB_API_URL: apiUrl, GITHUB_WEB_URL: webUrl } = env;
    const { GITHUB_CLIENT_ID: clientId, GITHUB_CLIENT_SECRET: clientSecret } = env;
    return createIdentity({ apiUrl, webUrl, clientId, clientSecret, clock });
  }
  const { GITEA_URL: url, GITEA_CLIENT_ID: clientId, GITEA_CLIENT_SECRET: clientSecret } = env;
  if (!forges.has("gitea") || url === undefined || clientId === undefined || clientSecret === undefined)
    return null;
  return createGiteaIdentity({ url, clientId, clientSecret, clock });
}

/** GitHub, Gitea or both, as the repositories need them. */
function connectForges(config: Config, clock: Clock, log: Log): Pick<Outside, "ci" | "forge"> {
  const { env, file } = config;
  const onGitea = new Set(giteaRepos(config));
  const gitea =
    onGitea.size === 0
      ? null
      : createGitea({ url: env.GITEA_URL ?? "", token: env.GITEA_TOKEN ?? "", clock });
  if (gitea !== null && file.repos.every(({ source }) => onGitea.has(source))) return gitea;
  const github = connectGitHub(config, clock, log);
  if (gitea === null) return github;
  const of = (repo: RepoName) => (onGitea.has(repo) ? gitea : github);
  return {
    forge: routedForge((repo) => of(repo).forge),
    ci: routedCi([github.ci, gitea.ci], (repo) => of(repo).ci),
  };
}

function connectGitHub(config: Config, clock: Clock, log: Log): Pick<Outside, "ci" | "forge"> {
  const { env } = config;
  const credentials =
    config.github === null
      ? { app: { id: env.GITHUB_APP_ID ?? "", privateKey: env.GITHUB_APP_PRIVATE_KEY ?? "" } }
      : { tokens: config.github };
  const { GITHUB_API_URL: apiUrl, GITHUB_WEB_URL: webUrl } = env;
  const github = createGitHub({ apiUrl, webUrl, clock, log, ...credentials });
  const sites = new Map(
    config.file.repos.flatMap(({ source, prow }) => (prow === undefined ? [] : [[source, prow] as const])),
  );
  const prow = createProw(github.marks, sites, { fetch: (url, init) => fetch(url, init), idleMs: MINUTE });
  return { ci: sites.size === 0 ? github.ci : withProw(github.ci, prow), forge: github.forge };
}
