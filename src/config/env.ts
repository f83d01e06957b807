import { z } from "zod";

const text = z.string().min(1).optional();
const flag = z
  .enum(["", "0", "1", "true", "false"])
  .default("")
  .transform((value) => value === "1" || value === "true");

/** Variables of the environment, as `.env.example` lists them. */
export const Env = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "expected postgres://…" }).optional(),
  DATA_DIR: z.string().default(".data"),
  HOST: z.string().default("127.0.0.1"),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  PUBLIC_URL: z.url().optional(),
  READ_ONLY: flag,
  CONFIG: z.string().default("flaky.yaml"),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),

  GITHUB_API_URL: z.url().default("https://api.github.com"),
  GITHUB_WEB_URL: z.url().optional(),
  GITHUB_TOKEN: text,
  GITHUB_READ_TOKEN: text,
  GITHUB_ISSUE_TOKEN: text,
  GITHUB_CODE_TOKEN: text,
  GITHUB_APP_ID: text,
  /** PEM; where it has to stand on one line, `\\n` takes the place of each line's end. */
  GITHUB_APP_PRIVATE_KEY: text.transform((key) => key?.replaceAll("\\n", "\n")),
  GITHUB_CLIENT_ID: text,
  GITHUB_CLIENT_SECRET: text,
  GITHUB_WEBHOOK_SECRET: text,

  SLACK_API_URL: z.url().default("https://slack.com/api/"),
  SLACK_BOT_TOKEN: text,
  SLACK_SIGNING_SECRET: text,
  SLACK_APP_TOKEN: text,

  OPENAI_API_KEY: text,
  OPENAI_BASE_URL: z.url().default("https://api.openai.com/v1"),
  OPENAI_MODEL: z.string().default("gpt-5.1"),

  DEPLOY_WEBHOOK_SECRET: text,
  API_TOKEN: text,
  REPORT_TOKEN: text,
  CONSOLE_TOKEN: text,
  /** Signs what the service and its nodes say to each other. */
  NODE_SECRET: z.string().min(16, "needs 16 characters or more").optional(),
  /** `auto` takes bubblewrap or Docker; `any` goes on without a sandbox where neither works. */
  SANDBOX: z.enum(["auto", "bubblewrap", "docker", "none", "any"]).default("auto"),
  SANDBOX_IMAGE: text,

  GITEA_URL: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ""))
    .optional(),
  GITEA_TOKEN: text,
  GITEA_WEBHOOK_SECRET: text,
  GITEA_CLIENT_ID: text,
  GITEA_CLIENT_SECRET: text,
});
export type Env = z.infer<typeof Env>;

/** Why a variable is needed and where it comes from; shown when it is missing. */
export const NEEDED = {
  GITHUB_TOKEN:
    "lets the bot read runs and write issues and pull requests. Make a fine-grained token of the bot's account " +
    "(GitHub, Settings, Developer settings), or set GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY",
  SLACK_BOT_TOKEN:
    "lets the bot speak in Slack (xoxb-…). Slack app page, OAuth & Permissions, Install to Workspace",
  SLACK_SIGNING_SECRET:
    "proves that a request comes from Slack. Slack app page, Basic Information, Signing Secret; not needed with SLACK_APP_TOKEN",
  OPENAI_API_KEY:
    "lets the bot explain and fix. Any service that speaks Chat Completions does, see OPENAI_BASE_URL",
  GITEA_URL: "says where the Gitea is, for repositories with `forge: gitea` in flaky.yaml",
  GITEA_TOKEN:
    "lets the bot work on Gitea. Make a token of the bot's account (Gitea, Settings, Applications) with the scopes " +
    "write:repository, write:issue and read:user; the bot has to be an administrator of the repositories",
} as const;

/** Web address that belongs to an API address: `api.github.com` → `github.com`, `X/api/v3` → `X`, else its origin. */
export function webUrlOf(apiUrl: string): string {
  const url = new URL(apiUrl);
  if (url.hostname === "api.github.com") return "https://github.com";
  const path = url.pathname.replace(/\/$/, "");
  return path.endsWith("/api/v3") ? `${url.origin}${path.slice(0, -"/api/v3".length)}` : url.origin;
}
