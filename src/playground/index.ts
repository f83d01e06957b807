import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Clock } from "../kernel/clock.ts";
import { APPLICATION } from "./gitea/login.ts";
import { type GitHubPlayground, startGitHub } from "./github/index.ts";
import { type ModelServer, startModel } from "./model/index.ts";
import { BOT, githubPeople, LINKED, slackPeople } from "./people.ts";
import { type SlackPlayground, startSlack } from "./slack/index.ts";
import { targetFiles, targetName, targetToolchain } from "./target/index.ts";

export const CHANNEL = { id: "C0FLAKY", name: "flaky-tests" };

/** What a message's menu offers, as the product's manifest has it. */
export const SHORTCUTS = [
  { name: "Approve fix", callbackId: "thread.approve" },
  { name: "Explain this flake", callbackId: "thread.explain" },
  { name: "Ask about this", callbackId: "thread.ask" },
];

export interface PlaygroundOptions {
  clock: Clock;
  random: () => number;
  /** Folder for repositories, runners, the settings file and the product's data. */
  dir: string;
  execPath: string;
  /** Where programs are looked for; default the usual folders. */
  path?: string | undefined;
  /** Where the product listens; asked at each delivery. */
  appUrl: () => string;
  ports?: { github: number; slack: number; model: number };
  /** A real model instead of the scripted one. */
  realModel?: { apiKey: string; baseUrl: string | undefined; model: string | undefined };
  /** What differs from the playground's settings, for tests. */
  settings?: Record<string, unknown>;
  slackRetryMs?: number[];
  /** Messages that Slack gives at once, for tests. */
  slackPage?: number;
  /** Files of the target's first commit instead of the orchard's, for tests. */
  target?: Record<string, string>;
  /** How the target's tests are run; default: those of its own files. */
  toolchain?: Record<string, string>;
  /** The target's tests run on Prow, as its `.prow` says, and on no Actions. */
  prow?: boolean;
  /** The product meets a Gitea instead of GitHub. */
  gitea?: { replies: boolean };
}

export interface Playground {
  github: GitHubPlayground;
  slack: SlackPlayground;
  /** Null where a real model is used. */
  model: ModelServer | null;
  /** Variables that point the product at the playground. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

const SECRETS = {
  webhook: "playground-webhook-secret",
  signing: "playground-signing-secret",
  botToken: "xoxb-playground-bot",
  deploy: "playground-deploy-secret",
  api: "playground-api-token",
  report: "playground-report-token",
};

/** Starts the local GitHub, Slack and model, with the target repository in place. */
export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  const { clock, random, dir, appUrl, ports } = options;
  const bunPath = await binFolder(dir, options.execPath);
  const github = await startGitHub({
    clock,
    random,
    dir: join(dir, "github"),
    port: ports?.github ?? 0,
    appUrl,
    webhookSecret: SECRETS.webhook,
    people: githubPeople(),
    // Gitea tells rights only to administrators
    bot: options.gitea ? { ...BOT, permission: "admin" } : BOT,
    ...(options.gitea ? { gitea: options.gitea } : {}),
    bunPath,
  });
  const slack = await startSlack({
    clock,
    random,
    port: ports?.slack ?? 0,
    appUrl,
    signingSecret: SECRETS.signing,
    botToken: SECRETS.botToken,
    people: slackPeople(),
    channels: [{ ...CHANNEL, botJoined: true }],
    bot: { name: "flaky", realName: "Flaky" },
    shortcuts: SHORTCUTS,
    ...(options.slackPage === undefined ? {} : { limits: { messagesPerPage: options.slackPage } }),
    ...(options.slackRetryMs === undefined ? {} : { retryDelaysMs: options.slackRetryMs }),
  });
  const model = options.realModel === undefined ? await startModel({ clock, port: ports?.model ?? 0 }) : null;
  await github.createRepository(targetName, options.target ?? (await targetFiles()));
  const config = join(dir, "flaky.yaml");
  await writeFile(config, JSON.stringify(settings(options, github.origin), null, 2));
  return {
    github,
    slack,
    model,
    env: {
      ...environment(slack, config, join(dir, "data")),
      ...(options.gitea ? giteaVariables(github) : githubVariables(github)),
      ...modelVariables(options, model),
      PATH: pathWith(dirname(bunPath), options.path),
    },
    stop: async () => {
      await Promise.all([github.stop(), slack.stop(), model?.stop()]);
    },
  };
}

/** The search path with the running Bun first; a value that could not stand on a line is left out. */
const pathWith = (bin: string, path: string | undefined): string =>
  `${bin}:${path === undefined || /\s/.test(path) ? "/usr/local/bin:/usr/bin:/bin" : path}`;

/** A folder with the running Bun under its usual name, whatever its file is called. */
async function binFolder(dir: string, execPath: string): Promise<string> {
  const bin = join(dir, "bin");
  await mkdir(bin, { recursive: true });
  await symlink(execPath, join(bin, "bun")).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  return join(bin, "bun");
}

const githubVariables = (github: GitHubPlayground): Record<string, string> => ({
  GITHUB_API_URL: github.apiUrl,
  GITHUB_TOKEN: BOT.token,
  GITHUB_WEBHOOK_SECRET: SECRETS.webhook,
  GITHUB_CLIENT_ID: "playground",
});

const giteaVariables = (github: GitHubPlayground): Record<string, string> => ({
  GITEA_URL: github.origin,
  GITEA_TOKEN: BOT.token,
  GITEA_WEBHOOK_SECRET: SECRETS.webhook,
  GITEA_CLIENT_ID: APPLICATION.id,
  GITEA_CLIENT_SECRET: APPLICATION.secret,
});

function environment(slack: SlackPlayground, config: string, dataDir: string): Record<string, string> {
  return {
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: SECRETS.botToken,
    SLACK_SIGNING_SECRET: SECRETS.signing,
    API_TOKEN: SECRETS.api,
    REPORT_TOKEN: SECRETS.report,
    DEPLOY_WEBHOOK_SECRET: SECRETS.deploy,
    DATA_DIR: dataDir,
    SANDBOX: "any",
    CONFIG: config,
  };
}

function modelVariables(options: PlaygroundOptions, model: ModelServer | null): Record<string, string> {
  if (model !== null) {
    return {
      OPENAI_BASE_URL: model.baseUrl,
      OPENAI_API_KEY: model.apiKey,
      OPENAI_MODEL: "playground-scripted",
    };
  }
  const { apiKey = "", baseUrl, model: name } = options.realModel ?? {};
  return {
    OPENAI_API_KEY: apiKey,
    OPENAI_BASE_URL: baseUrl ?? "https://api.openai.com/v1",
    ...(name === undefined ? {} : { OPENAI_MODEL: name }),
  };
}

/** The product's settings for the target: a scan and sweeps that come soon, and few quiet runs, so that one sees the end. */
function settings(options: PlaygroundOptions, origin: string): Record<string, unknown> {
  const prow = { workflows: [], prow: { url: `${origin}/prow`, store: `${origin}/prow-store` } };
  return {
    repos: [
      {
        source: targetName,
        projects: ["orchard"],
        ...(options.prow ? prow : { workflows: [options.gitea ? "test.yml" : "Test"] }),
        channel: `#${CHANNEL.name}`,
        toolchain: options.toolchain ?? targetToolchain,
        paths: { allow: ["test/**"] },
        // the orchard's other flaky tests keep its CI red now and then, and a draft with it
        pull: { reviewers: ["alice"], ...(options.target === undefined ? { draft: false } : {}) },
      },
    ],
    people: LINKED,
    schedule: { scan: "0 */2 * * * *", sweep: "*/15 * * * * *" },
    quiet: { runs: 4, days: 0 },
    prove: { runs: 60 },
    pipelines: { test: "run test", rebase: "run buildall" },
    targets: [{ label: "Orchard", user: "dave", repos: [targetName] }],
    ...options.settings,
  };
}
