import { expect, test } from "bun:test";
import type { WebClient } from "@slack/web-api";
import { ALICE, BOB, CI, errorOf, startWorld } from "./support.ts";

const BUTTONS = [
  { type: "section", block_id: "what", text: { type: "mrkdwn", text: "*F12* fails" } },
  {
    type: "actions",
    block_id: "do",
    elements: [
      { type: "button", action_id: "approve", value: "12", text: { type: "plain_text", text: "Approve" } },
      {
        type: "static_select",
        action_id: "mute",
        options: [{ text: { type: "plain_text", text: "7 days" }, value: "7d" }],
      },
    ],
  },
];
const MODAL = {
  type: "modal",
  callback_id: "dismiss",
  title: { type: "plain_text", text: "Dismiss F12" },
  submit: { type: "plain_text", text: "Dismiss" },
  notify_on_close: true,
  private_metadata: "12",
  blocks: [
    {
      type: "input",
      block_id: "why",
      label: { type: "plain_text", text: "Reason" },
      element: { type: "plain_text_input", action_id: "reason", max_length: 20 },
    },
  ],
};

/** Posts without the client's types, which do not know that our literals fit. */
const post = (client: WebClient, blocks: unknown = BUTTONS) =>
  client
    .apiCall("chat.postMessage", { channel: CI, text: "card", blocks })
    .then((answer) => String(Object(answer).ts));

test("a command is sent as a form and its answer is shown to the asker", async () => {
  const { slack, receiver } = await startWorld();
  receiver.answer = () => Response.json({ text: "*help*" });
  const answer = await slack.command(ALICE, "ci", "help me <now>");
  expect(answer).toMatchObject({ status: 200, body: '{"text":"*help*"}' });
  expect(receiver.got[0]?.body).toMatchObject({
    command: "/flaky",
    text: "help me &lt;now&gt;",
    user_id: ALICE,
    user_name: "alice",
    channel_id: CI,
    channel_name: "ci",
    team_id: slack.ids.teamId,
  });
  expect(slack.ephemerals(ALICE).map((note) => [note.from, note.text])).toEqual([["app", "*help*"]]);
  receiver.answer = () => new Response("plain");
  await slack.command(BOB, "ci", "x");
  receiver.answer = () => Response.json({ response_type: "in_channel", text: "for all" });
  await slack.command(BOB, "ci", "y");
  expect(slack.ephemerals(BOB).map((note) => note.text)).toEqual(["plain"]);
  expect(slack.messages("ci").map((message) => message.text)).toEqual(["for all"]);
});

test("a command that fails shows Slack's words and is not sent again", async () => {
  const { slack, receiver } = await startWorld({ answerWithinMs: 50 });
  receiver.answer = () => new Response("", { status: 500 });
  await slack.command(ALICE, "ci", "list");
  receiver.answer = () => new Promise(() => {});
  await slack.command(ALICE, "ci", "list");
  await slack.command(ALICE, "ci", "list", { threadTs: "1.000001" });
  expect(slack.ephemerals(ALICE).map((note) => note.text)).toEqual([
    '/flaky failed with the error "dispatch_failed"',
    '/flaky failed with the error "operation_timeout"',
    "/flaky is not supported in threads. Sorry!",
  ]);
  expect(receiver.got).toHaveLength(2);
});

test("a click carries message, state and a response url that can replace the message", async () => {
  const { slack, receiver, client } = await startWorld();
  const ts = await post(client);
  await slack.idle();
  receiver.got.length = 0;
  await slack.click(ALICE, ts, "mute", "7d");
  await slack.click(ALICE, ts, "Approve");
  const body = receiver.got[1]?.body ?? {};
  expect(body).toMatchObject({
    type: "block_actions",
    user: { id: ALICE, username: "alice" },
    container: { type: "message", message_ts: ts, channel_id: CI, is_ephemeral: false },
    channel: { id: CI, name: "ci" },
    message: { ts, text: "card" },
    actions: [{ action_id: "approve", block_id: "do", value: "12", type: "button" }],
    state: { values: { do: { mute: { selected_option: { value: "7d" } } } } },
  });
  const reply = (payload: unknown) =>
    fetch(String(body.response_url), { method: "POST", body: JSON.stringify(payload) });
  await reply({ replace_original: true, text: "approved" });
  expect(slack.messages("ci").map((message) => [message.text, message.blocks])).toEqual([
    ["approved", undefined],
  ]);
  await reply({ text: "only you" });
  await reply({ response_type: "in_channel", thread_ts: ts, text: "all of you" });
  expect(slack.ephemerals(ALICE).map((note) => note.text)).toEqual(["only you"]);
  expect(slack.thread("ci", ts).map((message) => message.text)).toEqual(["approved", "all of you"]);
  await reply({ delete_original: true });
  expect(slack.messages("ci").map((message) => message.subtype)).toEqual(["tombstone"]);
  expect((await reply({ text: "5" })).status).toBe(200);
  expect(await (await reply({ text: "6" })).json()).toEqual({ ok: false, error: "used_url" });
});

test("a response url ends after half an hour; a failed click is told to the person", async () => {
  const { slack, receiver, client, clock } = await startWorld();
  const ts = await post(client);
  await slack.idle();
  receiver.answer = () => new Response("", { status: 404 });
  await slack.click(BOB, ts, "approve");
  expect(slack.ephemerals(BOB)[0]?.text).toBe('That action failed with the error "dispatch_failed"');
  clock.advance(30 * 60_000 + 1);
  const late = await fetch(String(receiver.got.at(-1)?.body.response_url), { method: "POST", body: "{}" });
  expect([late.status, await late.json()]).toEqual([404, { ok: false, error: "expired_url" }]);
});

test("buttons of an ephemeral message work for its reader only", async () => {
  const { slack, receiver, client } = await startWorld();
  await client.apiCall("chat.postEphemeral", { channel: CI, user: ALICE, text: "sure?", blocks: BUTTONS });
  const ts = slack.ephemerals(ALICE)[0]?.ts ?? "";
  await slack.click(ALICE, ts, "approve");
  expect(receiver.got[0]?.body).toMatchObject({ container: { is_ephemeral: true, message_ts: ts } });
  expect(receiver.got[0]?.body.message).toBeUndefined();
  expect(slack.click(BOB, ts, "approve")).rejects.toThrow("no message");
  await fetch(String(receiver.got[0]?.body.response_url), {
    method: "POST",
    body: JSON.stringify({ delete_original: true }),
  });
  expect(slack.ephemerals(ALICE)).toEqual([]);
});

test("a modal opens once per trigger, within three seconds", async () => {
  const { slack, receiver, client, clock } = await startWorld();
  const open = (trigger_id: unknown) => client.apiCall("views.open", { trigger_id, view: MODAL });
  await slack.command(ALICE, "ci", "dismiss 12");
  const trigger = receiver.got[0]?.body.trigger_id;
  await open(trigger);
  expect(await errorOf(open(trigger))).toBe("exchanged_trigger_id");
  await slack.command(ALICE, "ci", "dismiss 12");
  clock.advance(3001);
  expect(await errorOf(open(receiver.got[1]?.body.trigger_id))).toBe("expired_trigger_id");
  expect(await errorOf(open("nonsense"))).toBe("invalid_trigger_id");
  expect(slack.views(ALICE).map((view) => view.callbackId)).toEqual(["dismiss"]);
  expect(slack.views(BOB)).toEqual([]);
});

test("a modal is checked, submitted, refused with errors, and closed", async () => {
  const { slack, receiver, client } = await startWorld();
  await slack.command(ALICE, "ci", "dismiss 12");
  const trigger_id = receiver.got[0]?.body.trigger_id;
  await client.apiCall("views.open", { trigger_id, view: MODAL });
  const id = slack.views(ALICE)[0]?.id ?? "";
  const errors = () => slack.views(ALICE)[0]?.errors;
  await slack.submitView(ALICE, id, {});
  expect(errors()).toEqual({ why: "Please complete this required field." });
  await slack.submitView(ALICE, id, { reason: "x".repeat(21) });
  expect(errors()).toEqual({ why: "Please enter at most 20 characters." });
  expect(receiver.got).toHaveLength(1);

  receiver.answer = () => Response.json({ response_action: "errors", errors: { why: "too short" } });
  await slack.submitView(ALICE, id, { why: "no" });
  expect(errors()).toEqual({ why: "too short" });
  expect(receiver.got[1]?.body).toMatchObject({
    type: "view_submission",
    view: {
      id,
      private_metadata: "12",
      state: { values: { why: { reason: { type: "plain_text_input", value: "no" } } } },
    },
  });
  receiver.answer = () => new Response("");
  await slack.submitView(ALICE, id, { why: "not flaky" });
  expect(slack.views(ALICE)).toEqual([]);
});

test("a modal can be updated and pushed over; closing is told when asked for", async () => {
  const { slack, receiver, client } = await startWorld();
  await slack.command(ALICE, "ci", "dismiss 12");
  await client.apiCall("views.open", { trigger_id: receiver.got[0]?.body.trigger_id, view: MODAL });
  const [view] = slack.views(ALICE);
  const title = { type: "plain_text", text: "Changed" };
  await client.apiCall("views.update", { view_id: view?.id, hash: view?.hash, view: { ...MODAL, title } });
  const stale = client.apiCall("views.update", { view_id: view?.id, hash: view?.hash, view: MODAL });
  expect(await errorOf(stale)).toBe("hash_conflict");
  await slack.command(ALICE, "ci", "more");
  await client.apiCall("views.push", { trigger_id: receiver.got[1]?.body.trigger_id, view: MODAL });
  expect(slack.views(ALICE).map((one) => one.title.text)).toEqual(["Changed", "Dismiss F12"]);
  await slack.closeView(ALICE, slack.views(ALICE)[1]?.id ?? "");
  expect(receiver.got.at(-1)?.body).toMatchObject({ type: "view_closed", is_cleared: false });
  expect(slack.views(ALICE)).toHaveLength(1);
  await slack.command(ALICE, "ci", "bad");
  const bad = client.apiCall("views.open", {
    trigger_id: receiver.got.at(-1)?.body.trigger_id,
    view: { ...MODAL, submit: undefined },
  });
  expect(await errorOf(bad)).toBe("invalid_arguments");
});

test("a message shortcut carries its message", async () => {
  const { slack, receiver } = await startWorld();
  const ts = slack.say(BOB, "ci", "see this");
  await slack.idle();
  await slack.shortcut(ALICE, ts, "make_issue");
  expect(receiver.got.at(-1)?.body).toMatchObject({
    type: "message_action",
    callback_id: "make_issue",
    message_ts: ts,
    message: { text: "see this", user: BOB },
    user: { id: ALICE },
  });
});
