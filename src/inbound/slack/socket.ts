import { SocketModeClient } from "@slack/socket-mode";
import { errorText } from "../../kernel/errors.ts";
import type { Log } from "../../kernel/log.ts";
import type { InboxReceiver } from "./receiver.ts";

interface SocketRequest {
  ack: (response?: Record<string, unknown>) => Promise<void>;
  body: unknown;
}

/** Socket Mode: the same requests over a connection that we open; acknowledged once they are stored. */
export async function startSocket(
  receiver: InboxReceiver,
  options: { appToken: string; apiUrl: string; log: Log },
): Promise<{ stop(): Promise<void> }> {
  const client = new SocketModeClient({
    appToken: options.appToken,
    clientOptions: { slackApiUrl: options.apiUrl },
  });
  client.on("slack_event", async ({ ack, body }: SocketRequest) => {
    try {
      const answer = await receiver.intake(body);
      const payload = typeof answer.body === "string" ? { text: answer.body } : answer.body;
      // the intake answers with objects made for Slack
      await ack((payload ?? undefined) as Record<string, unknown> | undefined);
    } catch (error) {
      options.log.error(
        { error: errorText(error) },
        "a Socket Mode request could not be stored; Slack sends it again",
      );
    }
  });
  await client.start();
  return { stop: () => client.disconnect().then(() => {}) };
}
