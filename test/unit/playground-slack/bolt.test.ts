import { expect, test } from "bun:test";
import type { AddressInfo } from "node:net";
import { App, LogLevel } from "@slack/bolt";
import { systemClock } from "../../../src/kernel/clock.ts";
import { ALICE, BOT_TOKEN, onEnd, SECRET, startWorld } from "./support.ts";

const MODAL = {
  type: "modal" as const,
  callback_id: "why",
  title: { type: "plain_text" as const, text: "Why?" },
  submit: { type: "plain_text" as const, text: "Send" },
  blocks: [
    {
      type: "input" as const,
      block_id: "reason",
      label: { type: "plain_text" as const, text: "Reason" },
      element: { type: "plain_text_input" as const, action_id: "text" },
    },
  ],
};
const ASK = {
  type: "actions" as const,
  elements: [
    { type: "button" as const, action_id: "why", text: { type: "plain_text" as const, text: "Why?" } },
  ],
};

test("an app on Bolt hears mentions and commands, posts a card, opens a modal and reads it", async () => {
  let boltUrl = "";
  // The machine's clock: Bolt compares the time in the signature with it.
  const { slack } = await startWorld({ appUrl: () => boltUrl, clock: systemClock });
  const app = new App({
    token: BOT_TOKEN,
    signingSecret: SECRET,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: slack.apiUrl },
  });
  app.event("app_mention", async ({ say, event }) => {
    await say({ text: "yes?", thread_ts: event.ts });
  });
  app.command("/flaky", async ({ ack, respond, command }) => {
    await ack();
    await respond({ text: `you asked: ${command.text}`, response_type: "in_channel", blocks: [ASK] });
  });
  app.action("why", async ({ ack, body, client }) => {
    await ack();
    if (body.type === "block_actions") await client.views.open({ trigger_id: body.trigger_id, view: MODAL });
  });
  app.view("why", async ({ ack, view, body, client }) => {
    await ack();
    await client.chat.postMessage({
      channel: body.user.id,
      text: view.state.values.reason?.text?.value ?? "",
    });
  });
  const server = await app.start(0);
  onEnd(async () => void (await app.stop()));
  const address: Partial<AddressInfo> = Object(server.address());
  boltUrl = `http://127.0.0.1:${address.port}`;

  const asked = slack.say(ALICE, "ci", "@flaky are you there?");
  await slack.idle();
  const seen = (condition: () => boolean) =>
    new Promise<void>((resolve) => {
      if (condition()) return resolve();
      const stop = slack.onChange(() => {
        if (!condition()) return;
        stop();
        resolve();
      });
    });
  await seen(() => slack.thread("ci", asked).length === 2);
  expect(slack.thread("ci", asked)[1]).toMatchObject({ text: "yes?", user: slack.ids.botUserId });

  expect((await slack.command(ALICE, "ci", "list open")).status).toBe(200);
  await seen(() => slack.messages("ci").length === 2);
  const card = slack.messages("ci")[1];
  expect(card?.text).toBe("you asked: list open");
  await slack.click(ALICE, card?.ts ?? "", "Why?");
  await seen(() => slack.views(ALICE).length === 1);
  await slack.submitView(ALICE, slack.views(ALICE)[0]?.id ?? "", { reason: "a race" });
  await seen(() => slack.dms(ALICE).length === 1);
  expect(slack.dms(ALICE)[0]?.text).toBe("a race");
  expect(slack.views(ALICE)).toEqual([]);
});
