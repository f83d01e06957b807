import { openDatabase, ping } from "../../db/client.ts";
import { type Config, forgeOf, loadConfig } from "../config/index.ts";
import { readArgs } from "../kernel/args.ts";
import { errorText } from "../kernel/errors.ts";
import { createLog } from "../kernel/log.ts";
import { detectSandbox } from "../outbound/sandbox/index.ts";
import { connectOutside } from "../outside.ts";
import { lockDataDir } from "../platform/lock.ts";
import { prowCheck } from "./doctor-prow.ts";
import { DEFAULT_PATH, type Io } from "./io.ts";

/** `doctor`: one line for each part of the set-up, with what to do where it is wrong. Exit code 1 when one is. */
export async function doctor(argv: string[], io: Io): Promise<number> {
  readArgs({ args: argv });
  const config = loadConfig(io.env, "service");
  const outside = connectOutside(config, io.clock, createLog("silent"));
  const checks: [string, () => Promise<string>][] = [
    ["database", () => database(config)],
    ...config.file.repos.map(({ source, write }): [string, () => Promise<string>] => [
      `forge ${source}`,
      async () => {
        const me = await outside.forge.whoAmI(write);
        const right = await outside.forge.permission(write, me);
        return `writes on ${outside.forge.name(write)} as ${me}, default branch ${(await outside.forge.repository(source)).defaultBranch}, own right on ${write}: ${right}`;
      },
    ]),
    [
      "slack",
      async () => `bot ${(await outside.chat.whoAmI()).user} of team ${(await outside.chat.whoAmI()).team}`,
    ],
    ...config.file.repos.map(({ channel }): [string, () => Promise<string>] => [
      `slack ${channel}`,
      async () => `channel ${await outside.chat.channel(channel)}`,
    ]),
    ...config.file.repos
      .filter(({ prow }) => prow !== undefined)
      .map(({ source }): [string, () => Promise<string>] => [
        `prow ${source}`,
        () => prowCheck(outside.ci, source, io.clock),
      ]),
    ["model", async () => model(outside.model)],
    ["sandbox", () => sandbox(config, io)],
    ["webhooks", async () => webhooks(config)],
  ];
  let wrong = 0;
  for (const [name, check] of checks) {
    try {
      io.out(`ok    ${name}: ${await check()}`);
    } catch (error) {
      wrong += 1;
      io.out(`FAIL  ${name}: ${errorText(error)}`);
    }
  }
  return wrong === 0 ? 0 : 1;
}

async function database(config: Config): Promise<string> {
  const url = config.env.DATABASE_URL ?? null;
  const unlock = url === null ? lockDataDir(config.env.DATA_DIR) : () => {};
  try {
    const opened = await openDatabase({ url, dataDir: config.env.DATA_DIR });
    await ping(opened.db);
    await opened.close();
    return url === null ? `embedded, in ${config.env.DATA_DIR}` : "Postgres";
  } finally {
    unlock();
  }
}

async function model(asked: ReturnType<typeof connectOutside>["model"]): Promise<string> {
  const messages = [{ role: "user" as const, content: "Answer with the word ready." }];
  return `${(await asked.ask({ purpose: "doctor", messages })).model} answers`;
}

async function sandbox(config: Config, io: Io): Promise<string> {
  const want = config.env.SANDBOX === "any" ? "auto" : config.env.SANDBOX;
  const image = config.env.SANDBOX_IMAGE === undefined ? {} : { image: config.env.SANDBOX_IMAGE };
  const path = io.env.PATH || DEFAULT_PATH;
  const found = await detectSandbox({ path, want, allowNone: config.env.SANDBOX === "any", ...image });
  return found.sandbox.kind === "none" ? `none (${found.passedOver.join("; ")})` : found.sandbox.kind;
}

function webhooks(config: Config): string {
  const missing = [
    ...[...new Set(config.file.repos.map((repo) => forgeOf(config, repo)))].map((forge) => {
      const name = forge === "gitea" ? "GITEA_WEBHOOK_SECRET" : "GITHUB_WEBHOOK_SECRET";
      return config.env[name] === undefined ? name : null;
    }),
    config.env.DEPLOY_WEBHOOK_SECRET === undefined ? "DEPLOY_WEBHOOK_SECRET" : null,
  ].filter((name) => name !== null);
  if (missing.length > 0)
    throw new Error(`${missing.join(" and ")} not set: those webhooks are answered with 401`);
  return "secrets are set";
}
