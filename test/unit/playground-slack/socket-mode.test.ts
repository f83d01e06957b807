import { expect, test } from "bun:test";
import { LogLevel, SocketModeClient } from "@slack/socket-mode";
import { ALICE, APP_TOKEN, BOT_TOKEN, errorOf, makeClient, onEnd, startWorld, until } from "./support.ts";

interface SocketEvent {
  ack: (answer?: Record<string, unknown>) => Promise<void>;
  type: string;
  body: Record<string, unknown>;
  retry_num?: number;
}

function connect(apiUrl: string): SocketModeClient {
  const client = new SocketModeClient({
    appToken: APP_TOKEN,
    logLevel: LogLevel.ERROR,
    clientPingTimeout: 200,
    clientOptions: { slackApiUrl: apiUrl },
  });
  onEnd(() => client.disconnect());
  return client;
}

test("events and commands go over the socket while one is connected, by HTTP otherwise", async () => {
  const { slack, receiver } = await startWorld({ appToken: APP_TOKEN });
  const client = connect(slack.apiUrl);
  const got: SocketEvent[] = [];
  client.on("slack_event", async (event: SocketEvent) => {
    got.push(event);
    await event.ack(event.type === "slash_commands" ? { text: "over the socket" } : {});
  });
  await client.start();
  slack.say(ALICE, "ci", "hello");
  await slack.idle();
  await slack.command(ALICE, "ci", "list");
  expect(got.map((event) => [event.type, event.body.type ?? event.body.command])).toEqual([
    ["events_api", "event_callback"],
    ["slash_commands", "/flaky"],
  ]);
  expect(slack.ephemerals(ALICE).map((note) => note.text)).toEqual(["over the socket"]);
  expect(receiver.got).toEqual([]);
  await client.disconnect();
  await until(() => !slack.socketConnected);
  slack.say(ALICE, "ci", "by HTTP");
  await slack.idle();
  expect(receiver.got).toHaveLength(1);
});

test("an unacknowledged event is sent again; a refresh makes the client reconnect", async () => {
  const { slack } = await startWorld({ appToken: APP_TOKEN, answerWithinMs: 50, retryDelaysMs: [0] });
  const client = connect(slack.apiUrl);
  const tries: (number | undefined)[] = [];
  client.on("slack_event", async (event: SocketEvent) => {
    tries.push(event.retry_num);
    if (tries.length > 1) await event.ack();
  });
  await client.start();
  slack.say(ALICE, "ci", "hello");
  await slack.idle();
  expect(tries).toEqual([0, 1]);
  const again = new Promise((resolve) => client.once("connected", resolve));
  slack.refreshSockets();
  await again;
  await until(() => slack.socketConnected);
});

test("only the app token opens a connection, and a ticket works once", async () => {
  const { slack } = await startWorld({ appToken: APP_TOKEN });
  const open = (token: string) => makeClient(slack.apiUrl, token).apps.connections.open({});
  expect(await errorOf(open(BOT_TOKEN))).toBe("not_allowed_token_type");
  const { url = "" } = await open(APP_TOKEN);
  expect(url).toStartWith("ws://");
  const wrong = await fetch(`${slack.origin}/link?ticket=guess`);
  expect(wrong.status).toBe(400);
});
