import { App, LogLevel, type ViewSubmitAction } from "@slack/bolt";
import type { Context } from "../../features/context.ts";
import type { Refusals } from "../../platform/refusals.ts";
import { receiveChange } from "./changes.ts";
import { onBlockAction } from "./clicks.ts";
import { onSlashCommand } from "./command.ts";
import { heard, isPlain } from "./plain.ts";
import type { InboxReceiver } from "./receiver.ts";
import { onShortcut } from "./shortcuts.ts";
import { meOf } from "./stranger.ts";
import { onSubmitted } from "./submits.ts";
import { receiveMessage } from "./talk.ts";

/** A Bolt app on our receiver with every listener; Slack is asked who we are once, at the first request. */
export async function startBolt(deps: Context, receiver: InboxReceiver, refusals: Refusals): Promise<App> {
  const who = once(() => deps.chat.whoAmI());
  const me = async () => meOf((await who()).team, refusals);
  const app = new App({
    receiver,
    logLevel: LogLevel.ERROR,
    authorize: async () => {
      const { botId, user, team } = await who();
      return { botToken: deps.config.env.SLACK_BOT_TOKEN ?? "", botId, botUserId: user, teamId: team };
    },
    // Bolt's own client would go to Slack's public address; all writing goes through the chat port
    clientOptions: { slackApiUrl: deps.config.env.SLACK_API_URL },
  });
  app.error(async (error) => {
    throw error;
  });
  app.command("/flaky", async ({ command, ack, respond }) =>
    onSlashCommand(deps, await me(), command, ack, respond),
  );
  app.action(/^(finding|pull)\./, async ({ action, body, ack, respond }) => {
    await ack();
    if (body.type !== "block_actions" || !("action_id" in action)) return;
    if (action.type === "button") await onBlockAction(deps, await me(), body, action, respond);
    // a menu: what was picked stands for the button's value
    if (action.type === "static_select") {
      const picked = { action_id: action.action_id, value: action.selected_option.value };
      await onBlockAction(deps, await me(), body, picked, respond);
    }
  });
  app.view<ViewSubmitAction>(/^dialog\./, async ({ ack, body, view }) =>
    onSubmitted(deps, await me(), { body, view, ack, tellFirst: () => receiver.tellFirst(body) }),
  );
  app.shortcut({ callback_id: /^thread\./, type: "message_action" }, async ({ ack, shortcut, respond }) => {
    await ack();
    // the constraint lets nothing else through
    if (shortcut.type === "message_action") await onShortcut(deps, await me(), shortcut, respond);
  });
  app.event("app_mention", async ({ event, body }) => {
    const { user: bot, team } = await who();
    if (body.team_id !== team) return (await me()).refuse("mention", body);
    if (isPlain(event)) await receiveMessage(deps, heard(bot, event));
  });
  app.event("message", async ({ event, body }) => {
    const { user: bot, team } = await who();
    if (body.team_id !== team) return (await me()).refuse("message", body);
    if (isPlain(event)) await receiveMessage(deps, heard(bot, event));
    else await receiveChange(deps, bot, event);
  });
  return app;
}

/** Asks once; a failure is asked again at the next need. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | null = null;
  return () => {
    asked ??= ask().catch((error: unknown) => {
      asked = null;
      throw error;
    });
    return asked;
  };
}
