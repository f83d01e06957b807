import { z } from "zod";
import type { ChannelId } from "../../kernel/ids.ts";
import { createCall, type SlackOptions } from "./client.ts";

/** Scopes that the bot's token needs, as `slack.manifest.yaml` has them. */
export const BOT_SCOPES = [
  "app_mentions:read",
  "channels:history",
  "channels:read",
  "chat:write",
  "commands",
  "groups:history",
  "groups:read",
  "im:history",
  "im:write",
  "reactions:write",
  "users:read",
] as const;

const Granted = z.object({
  response_metadata: z.object({ scopes: z.array(z.string()).optional() }).optional(),
});
const Channel = z.object({ channel: z.object({ is_member: z.boolean().optional() }) });

/** Whether an installed app has all it needs. Each call throws TransientError or RefusedError. */
export interface SlackFit {
  /** Scopes that the token lacks; empty where Slack does not tell them. */
  missingScopes(): Promise<string[]>;
  isMember(channel: ChannelId): Promise<boolean>;
  /** Asks for a connection of Socket Mode by the app's own token. */
  connect(appToken: string): Promise<void>;
}

export function createFit(options: SlackOptions): SlackFit {
  const call = createCall(options);
  return {
    async missingScopes() {
      const { response_metadata } = await call("auth.test", Granted, (client) => client.auth.test());
      const granted = response_metadata?.scopes;
      return granted === undefined ? [] : BOT_SCOPES.filter((scope) => !granted.includes(scope));
    },
    async isMember(channel) {
      const told = await call("conversations.info", Channel, (client) =>
        client.conversations.info({ channel }),
      );
      return told.channel.is_member !== false;
    },
    async connect(appToken) {
      const byApp = createCall({ ...options, botToken: appToken });
      await byApp("apps.connections.open", z.unknown(), (client) => client.apps.connections.open({}));
    },
  };
}
