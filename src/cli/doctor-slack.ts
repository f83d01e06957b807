import { type Config, onLoopback } from "../config/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { UserError } from "../kernel/errors.ts";
import { createLog } from "../kernel/log.ts";
import { createFit } from "../outbound/slack/fit.ts";
import type { Chat } from "../ports/chat.ts";
import type { Check } from "./doctor-check.ts";

const TOKEN =
  "Look at SLACK_BOT_TOKEN (the app's page, OAuth & Permissions, Bot User OAuth Token) and SLACK_API_URL.";

/** What of Slack has to be right: token, scopes, the way its requests come in, and each channel. */
export function slackChecks(config: Config, chat: Chat, clock: Clock): Check[] {
  const { env, file } = config;
  const fit = createFit({
    apiUrl: env.SLACK_API_URL,
    botToken: env.SLACK_BOT_TOKEN ?? "",
    clock,
    log: createLog("silent"),
  });
  const channels = [...new Set(file.repos.map(({ channel }) => channel))];
  return [
    {
      name: "slack",
      advice: TOKEN,
      async run() {
        const { user, team } = await chat.whoAmI();
        return `bot ${user} of team ${team}`;
      },
    },
    {
      name: "slack scopes",
      advice: TOKEN,
      async run() {
        const missing = await fit.missingScopes();
        if (missing.length > 0)
          throw new UserError(
            `the token lacks ${missing.join(", ")}. The app's page, App Manifest: paste slack.manifest.yaml again; then Install App, Reinstall.`,
          );
        return "all that are needed";
      },
    },
    {
      name: "slack requests",
      advice:
        "Look at SLACK_APP_TOKEN (the app's page, Basic Information, App-Level Tokens, scope connections:write), and enable Socket Mode there.",
      async run() {
        if (env.SLACK_APP_TOKEN !== undefined) {
          await fit.connect(env.SLACK_APP_TOKEN);
          return "by Socket Mode";
        }
        const url = env.PUBLIC_URL ?? "";
        return onLoopback(env)
          ? "signed, over HTTP. PUBLIC_URL is not set: Slack reaches this machine only through a proxy of yours, or by SLACK_APP_TOKEN"
          : `signed, over HTTP at ${url.replace(/\/$/, "")}/slack/events`;
      },
    },
    ...channels.map(
      (channel): Check => ({
        name: `slack ${channel}`,
        advice: "Look at `channel` in the settings, and invite the bot there: /invite @flaky.",
        async run() {
          const id = await chat.channel(channel);
          if (!(await fit.isMember(id)))
            throw new UserError(
              `the bot is not in it and cannot write there. In the channel: /invite @flaky`,
            );
          return `channel ${id}, the bot is in it`;
        },
      }),
    ),
  ];
}
