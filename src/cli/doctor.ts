import { openDatabase, ping } from "../../db/client.ts";
import { type Config, forgeOf, loadConfig } from "../config/index.ts";
import { readArgs } from "../kernel/args.ts";
import { errorText, UserError } from "../kernel/errors.ts";
import { createLog } from "../kernel/log.ts";
import { detectSandbox } from "../outbound/sandbox/index.ts";
import { connectOutside } from "../outside.ts";
import { lockDataDir } from "../platform/lock.ts";
import type { Check } from "./doctor-check.ts";
import { forgeChecks } from "./doctor-forge.ts";
import { prowCheck } from "./doctor-prow.ts";
import { slackChecks } from "./doctor-slack.ts";
import { DEFAULT_PATH, type Io } from "./io.ts";

/** `doctor`: one line for each part of the set-up, with what to do where it is wrong. Exit code 1 when one is. */
export async function doctor(argv: string[], io: Io): Promise<number> {
  readArgs({ args: argv });
  const config = loadConfig(io.env, "service");
  const outside = connectOutside(config, io.clock, createLog("silent"));
  const checks: Check[] = [
    {
      name: "database",
      advice: "Look at DATABASE_URL; without it the database is embedded, in DATA_DIR, for one process.",
      run: () => database(config),
    },
    ...config.file.repos.flatMap((repo) => forgeChecks(config, repo, outside)),
    ...slackChecks(config, outside.chat, io.clock),
    ...config.file.repos
      .filter(({ prow }) => prow !== undefined)
      .map(({ source }) => ({
        name: `prow ${source}`,
        advice: "Look at `prow` under the repository in the settings.",
        run: () => prowCheck(outside.ci, source, io.clock),
      })),
    {
      name: "model",
      advice: "Look at OPENAI_API_KEY, OPENAI_BASE_URL and OPENAI_MODEL.",
      run: () => model(outside.model),
    },
    { name: "sandbox", advice: "", run: () => sandbox(config, io) },
    { name: "webhooks", advice: "", run: async () => webhooks(config) },
  ];
  let wrong = 0;
  for (const { name, advice, run } of checks) {
    try {
      io.out(`ok    ${name}: ${await run()}`);
    } catch (error) {
      wrong += 1;
      const said = errorText(error).replace(/[.\s]+$/, "");
      io.out(`FAIL  ${name}: ${said}.${error instanceof UserError || advice === "" ? "" : ` ${advice}`}`);
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

const secretOf = (forge: string) =>
  forge === "gitea" ? ("GITEA_WEBHOOK_SECRET" as const) : ("GITHUB_WEBHOOK_SECRET" as const);

function webhooks(config: Config): string {
  const forges = new Set(config.file.repos.map((repo) => forgeOf(config, repo)));
  const missing = [...forges]
    .map((forge) => secretOf(forge))
    .filter((name) => config.env[name] === undefined);
  if (missing.length > 0)
    throw new UserError(
      `${missing.join(" and ")} not set, so those webhooks are answered with 401: choose one and put it here and at the webhook (README, step 4)`,
    );
  return config.env.DEPLOY_WEBHOOK_SECRET === undefined
    ? "secrets are set, but for DEPLOY_WEBHOOK_SECRET: deployments are not listened to (README, step 9)"
    : "secrets are set";
}
