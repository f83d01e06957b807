import { expect, test } from "bun:test";
import { ALICE, BOB, CI, errorOf, makeClient, startWorld } from "./support.ts";

test("posts are returned by history with their metadata, replies by their thread", async () => {
  const { slack, client } = await startWorld();
  const metadata = { event_type: "card", event_payload: { finding: 12 } };
  const posted = await client.chat.postMessage({ channel: "#ci", text: "hello", metadata });
  const ts = posted.ts ?? "";
  expect(posted.channel).toBe(CI);
  expect(posted.message?.bot_profile?.name).toBe("Flaky Test Cleaner");
  await client.chat.postMessage({ channel: CI, text: "in the thread", thread_ts: ts });
  slack.say(BOB, "ci", "me too", { threadTs: ts });

  const plain = await client.conversations.history({ channel: CI });
  expect(plain.messages?.map((message) => message.text)).toEqual(["hello"]);
  expect(plain.messages?.[0]?.reply_count).toBe(2);
  expect(plain.messages?.[0]?.metadata).toBeUndefined();
  const full = await client.conversations.history({ channel: CI, include_all_metadata: true });
  expect(full.messages?.[0]?.metadata).toEqual(metadata);
  const thread = await client.conversations.replies({ channel: CI, ts });
  expect(thread.messages?.map((message) => message.text)).toEqual(["hello", "in the thread", "me too"]);
});

test("history pages by cursor and honours its window", async () => {
  const { client } = await startWorld();
  const stamps: string[] = [];
  for (const text of ["a", "b", "c", "d"]) {
    stamps.push((await client.chat.postMessage({ channel: CI, text })).ts ?? "");
  }
  const first = await client.conversations.history({ channel: CI, limit: 3 });
  expect(first.messages?.map((message) => message.text)).toEqual(["d", "c", "b"]);
  expect(first.has_more).toBe(true);
  const cursor = first.response_metadata?.next_cursor ?? "";
  await client.chat.postMessage({ channel: CI, text: "e" });
  const second = await client.conversations.history({ channel: CI, limit: 3, cursor });
  expect(second.messages?.map((message) => message.text)).toEqual(["a"]);
  const [oldest = "", , latest = ""] = stamps;
  const open = await client.conversations.history({ channel: CI, oldest, latest });
  expect(open.messages?.map((message) => message.text)).toEqual(["b"]);
  const closed = await client.conversations.history({ channel: CI, oldest, latest, inclusive: true });
  expect(closed.messages?.map((message) => message.text)).toEqual(["c", "b", "a"]);
});

test("update, delete and permalink work on the app's own messages only", async () => {
  const { slack, client } = await startWorld();
  const ts = (await client.chat.postMessage({ channel: CI, text: "one" })).ts ?? "";
  await client.chat.update({ channel: CI, ts, text: "two" });
  expect(slack.messages("ci").map((message) => [message.text, message.edited?.user])).toEqual([
    ["two", slack.ids.botUserId],
  ]);
  const link = await client.chat.getPermalink({ channel: CI, message_ts: ts });
  expect(link.permalink).toBe(`${slack.origin}/archives/${CI}/p${ts.replace(".", "")}`);
  const theirs = slack.say(ALICE, "ci", "mine");
  expect(await errorOf(client.chat.update({ channel: CI, ts: theirs, text: "no" }))).toBe(
    "cant_update_message",
  );
  expect(await errorOf(client.chat.delete({ channel: CI, ts: theirs }))).toBe("cant_delete_message");
  await client.chat.delete({ channel: CI, ts });
  expect(await errorOf(client.chat.update({ channel: CI, ts, text: "x" }))).toBe("message_not_found");
  expect(slack.messages("ci").map((message) => message.text)).toEqual(["mine"]);
});

test("refusals have Slack's names", async () => {
  const { slack, client } = await startWorld();
  const post = (args: { channel?: string; text?: string; thread_ts?: string }) =>
    errorOf(client.apiCall("chat.postMessage", { channel: CI, ...args }));
  expect(await post({ channel: "C0NOWHERE0", text: "x" })).toBe("channel_not_found");
  expect(await post({ channel: "#other", text: "x" })).toBe("not_in_channel");
  expect(await post({})).toBe("no_text");
  expect(await post({ text: "x".repeat(40_001) })).toBe("msg_too_long");
  expect(await post({ text: "x", thread_ts: "1.000001" })).toBe("thread_not_found");
  expect(await errorOf(client.conversations.replies({ channel: CI, ts: "1.000001" }))).toBe(
    "thread_not_found",
  );
  expect(await errorOf(client.users.info({ user: "U0NOBODY00" }))).toBe("user_not_found");
  expect(await errorOf(client.apiCall("chat.postMassage"))).toBe("unknown_method");
  expect(await errorOf(makeClient(slack.apiUrl, "xoxb-wrong").auth.test())).toBe("invalid_auth");
  expect(await errorOf(makeClient(slack.apiUrl, "").auth.test())).toBe("not_authed");
});

test("reactions are added once and told who gave them", async () => {
  const { slack, client } = await startWorld();
  const timestamp = slack.say(ALICE, "ci", "hi");
  await client.reactions.add({ channel: CI, timestamp, name: "eyes" });
  expect(await errorOf(client.reactions.add({ channel: CI, timestamp, name: "eyes" }))).toBe(
    "already_reacted",
  );
  expect(await errorOf(client.reactions.remove({ channel: CI, timestamp, name: "x" }))).toBe("no_reaction");
  expect(await errorOf(client.reactions.add({ channel: CI, timestamp, name: "no such" }))).toBe(
    "invalid_name",
  );
  slack.react(BOB, timestamp, "eyes");
  const got = await client.reactions.get({ channel: CI, timestamp });
  expect(got.message?.reactions).toEqual([{ name: "eyes", users: [slack.ids.botUserId, BOB], count: 2 }]);
});

test("people, channels and direct messages are listed", async () => {
  const { slack, client } = await startWorld();
  const self = await client.auth.test();
  expect([self.team_id, self.user_id, self.bot_id]).toEqual([
    slack.ids.teamId,
    slack.ids.botUserId,
    slack.ids.botId,
  ]);
  const found = await client.users.lookupByEmail({ email: "alice@playground.example" });
  expect(found.user?.profile?.title).toBe("maintainer");
  const list = await client.conversations.list();
  expect(list.channels?.map((channel) => [channel.name, channel.is_member])).toEqual([
    ["ci", true],
    ["other", false],
  ]);
  await client.conversations.join({ channel: "C0OTHER000" });
  await client.chat.postMessage({ channel: "other", text: "joined" });
  const dm = await client.conversations.open({ users: ALICE });
  await client.chat.postMessage({ channel: dm.channel?.id ?? "", text: "psst" });
  await client.chat.postMessage({ channel: ALICE, text: "again" });
  expect(slack.dms(ALICE).map((message) => message.text)).toEqual(["psst", "again"]);
});

test("JSON bodies are taken as forms are", async () => {
  const { slack } = await startWorld();
  const response = await fetch(`${slack.apiUrl}chat.postMessage`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer xoxb-playground" },
    body: JSON.stringify({ channel: CI, text: "json", blocks: [{ type: "divider" }] }),
  });
  expect(await response.json()).toMatchObject({ ok: true, channel: CI });
  expect(slack.messages("ci")[0]?.blocks?.[0]?.type).toBe("divider");
});
