import { expect, test } from "bun:test";
import { untypedText } from "../../../src/playground/slack/text.ts";
import { ALICE, BOB, CI, eventOf, startWorld, until } from "./support.ts";

test("a person's message reaches the app signed, in Slack's envelope", async () => {
  const { slack, receiver } = await startWorld();
  const ts = slack.say(ALICE, "ci", "is <b> & https://go.dev/x. fine, @bob?");
  await slack.idle();
  const [received] = receiver.got;
  expect(received?.body).toMatchObject({
    type: "event_callback",
    team_id: slack.ids.teamId,
    api_app_id: slack.ids.appId,
    event_id: expect.stringMatching(/^Ev[A-Z0-9]{10}$/),
    authorizations: [{ user_id: slack.ids.botUserId, is_bot: true }],
    event: {
      type: "message",
      channel: CI,
      channel_type: "channel",
      user: ALICE,
      ts,
      text: `is &lt;b&gt; &amp; <https://go.dev/x>. fine, <@${BOB}>?`,
    },
  });
});

test("a mention is told twice, a direct message and the app's own posts once", async () => {
  const { slack, receiver, client } = await startWorld();
  slack.say(ALICE, "ci", "@flaky approve 12");
  await client.chat.postMessage({ channel: CI, text: "on it" });
  const dm = await client.conversations.open({ users: ALICE });
  slack.say(ALICE, dm.channel?.id ?? "", "@flaky hi");
  await slack.idle();
  expect(receiver.events("app_mention").map((event) => event.text)).toEqual([
    `<@${slack.ids.botUserId}> approve 12`,
  ]);
  const told = receiver.events("message");
  expect(told.map((event) => [event.channel_type, event.bot_id])).toContainEqual(["im", undefined]);
  expect(told.find((event) => event.text === "on it")).toMatchObject({
    bot_id: slack.ids.botId,
    app_id: slack.ids.appId,
  });
});

test("edits, deletions and reactions are told; a deleted thread leaves a tombstone", async () => {
  const { slack, receiver } = await startWorld();
  const ts = slack.say(ALICE, "ci", "first");
  slack.say(BOB, "ci", "reply", { threadTs: ts });
  slack.edit(ALICE, ts, "second");
  slack.react(BOB, ts, "eyes");
  slack.react(BOB, ts, "eyes");
  slack.remove(ALICE, ts);
  await slack.idle();
  const kinds = receiver.got.map(eventOf).map((event) => event.subtype ?? event.type);
  expect(kinds.toSorted()).toEqual([
    "message",
    "message",
    "message_changed",
    "message_deleted",
    "reaction_added",
    "reaction_removed",
  ]);
  expect(receiver.events("message").find((event) => event.subtype === "message_changed")).toMatchObject({
    message: { text: "second", edited: { user: ALICE } },
    previous_message: { text: "first" },
  });
  expect(slack.messages("ci").map((message) => message.subtype)).toEqual(["tombstone"]);
  expect(() => slack.edit(BOB, ts, "not mine")).toThrow("did not write");
});

test("what was typed can be edited again without changing it", async () => {
  const { slack } = await startWorld();
  const typed = "@bob see #ci & <b> https://go.dev/x?a=1&b=2, @flaky";
  slack.say(ALICE, "ci", typed);
  const text = slack.messages("ci")[0]?.text ?? "";
  expect(text).toContain(`<@${BOB}> see <#${CI}|ci> &amp; &lt;b&gt; <https://go.dev/x?a=1&amp;b=2>,`);
  expect(untypedText(slack.world, text)).toBe(typed);
});

test("a channel without the app tells it nothing", async () => {
  const { slack, receiver } = await startWorld();
  slack.say(ALICE, "other", "@flaky secret");
  await slack.idle();
  expect(receiver.got).toEqual([]);
});

test("a failed delivery is tried again under the same id, at once and then after the delay", async () => {
  const { slack, receiver, clock } = await startWorld();
  let failures = 2;
  receiver.answer = () => new Response("", { status: failures-- > 0 ? 500 : 200 });
  slack.say(ALICE, "ci", "hello");
  await slack.idle();
  expect(receiver.got).toHaveLength(2);
  await until(() => clock.sleeping === 1);
  clock.advance(60_000);
  await until(() => receiver.got.length === 3);
  await slack.idle();
  expect(new Set(receiver.got.map((one) => one.body.event_id)).size).toBe(1);
  expect(receiver.got.map((one) => one.headers.get("x-slack-retry-num"))).toEqual([null, "1", "2"]);
  expect(receiver.got[1]?.headers.get("x-slack-retry-reason")).toBe("http_error");
  expect(slack.deliveries.map((one) => one.status)).toEqual([500, 500, 200]);
});

test("an app that answers late, or asks for no retry, is treated so", async () => {
  const { slack, receiver } = await startWorld({ answerWithinMs: 50, retryDelaysMs: [0] });
  receiver.answer = () => new Promise(() => {});
  slack.say(ALICE, "ci", "slow");
  await slack.idle();
  expect(slack.deliveries.map((one) => one.error)).toEqual(["http_timeout", "http_timeout"]);
  receiver.answer = () => new Response("", { status: 500, headers: { "x-slack-no-retry": "1" } });
  slack.say(ALICE, "ci", "never again");
  await slack.idle();
  expect(slack.deliveries.slice(2).map((one) => one.status)).toEqual([500]);
});

test("messages of one channel arrive in order, and can be delivered twice", async () => {
  const { slack, receiver } = await startWorld();
  const said = Array.from({ length: 10 }, (_, index) => `m${index}`);
  for (const text of said) slack.say(BOB, "ci", text);
  await slack.idle();
  expect(receiver.got.map((one) => eventOf(one).text)).toEqual(said);
  const id = String(receiver.got[3]?.body.event_id);
  expect(await slack.redeliver(id)).toBe(200);
  expect(receiver.got.at(-1)?.raw).toBe(receiver.got[3]?.raw ?? "");
  expect(receiver.got.at(-1)?.headers.get("x-slack-retry-num")).toBe("1");
});
