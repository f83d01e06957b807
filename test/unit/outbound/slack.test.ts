import { expect, test } from "bun:test";
import { RefusedError, TransientError } from "../../../src/kernel/errors.ts";
import { ChannelId, ChatUserId, MessageTs } from "../../../src/kernel/ids.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import { createSlack } from "../../../src/outbound/slack/index.ts";
import { ALICE, CI, startWorkspace } from "./slack-support.ts";
import { fault, serve, stoppedClock } from "./support.ts";

const CHANNEL = ChannelId.parse(CI);
const PERSON = ChatUserId.parse(ALICE);
const NOWHERE = MessageTs.parse("1700000000.000001");
const SECTION = { type: "section" as const, text: { type: "mrkdwn" as const, text: "*F12*" } };

/** The adapter against answers that a real workspace would not give at will. */
const against = (url: string, timeoutMs = 5000) =>
  createSlack({
    apiUrl: `${url}/api/`,
    botToken: "xoxb-secret-secret-secret",
    clock: stoppedClock(),
    log: silentLog,
    timeoutMs,
  });

test("the key of a message is found again on it, and only on ours", async () => {
  await using world = await startWorkspace();
  const { chat, slack } = world;
  const ts = await chat.post(CHANNEL, { text: "card", blocks: [SECTION] }, { key: "card:F12" });
  slack.say(ALICE, CI, "what is that?");
  const reply = await chat.post(CHANNEL, { text: "in it" }, { key: "note:1", thread: ts });
  const said = await chat.messages(CHANNEL, {});
  expect(said.map(({ text, key }) => [text, key])).toEqual([
    ["card", "card:F12"],
    ["what is that?", null],
  ]);
  const me = await chat.whoAmI();
  expect(said.map(({ user, botId }) => [String(user), botId])).toEqual([
    [String(me.user), me.botId],
    [ALICE, null],
  ]);
  const thread = await chat.messages(CHANNEL, { thread: ts, oldest: reply });
  expect(thread.map(({ ts: at, threadTs, key }) => ({ at, threadTs, key }))).toEqual([
    { at: reply, threadTs: ts, key: "note:1" },
  ]);
  expect(slack.calls[0]?.args).toMatchObject({ unfurl_links: "false", unfurl_media: "false" });
});

test("an update replaces text, blocks and key", async () => {
  await using world = await startWorkspace();
  const { chat, slack } = world;
  const ts = await chat.post(CHANNEL, { text: "card", blocks: [SECTION] }, { key: "a" });
  await chat.update(CHANNEL, ts, { text: "done" }, "b");
  expect(slack.messages("ci")[0]).toMatchObject({ text: "done", blocks: [] });
  expect(await chat.messages(CHANNEL, {})).toMatchObject([{ text: "done", key: "b" }]);
});

test("messages come oldest first over all pages, from a message on, without joins", async () => {
  const all = Array.from({ length: 5 }, (_, index) => ({
    ts: `170000000${index}.000100`,
    text: String(index),
    user: ALICE,
    ...(index === 3 ? { subtype: "channel_join" } : {}),
  }));
  using server = serve(({ body }) => {
    const asked = new URLSearchParams(String(body));
    const newest = [...all].reverse();
    return asked.get("cursor") === "next"
      ? Response.json({ ok: true, messages: newest.slice(2) })
      : Response.json({
          ok: true,
          messages: newest.slice(0, 3),
          response_metadata: { next_cursor: "next" },
        });
  });
  const oldest = MessageTs.parse("1700000001.0001");
  const found = await against(server.url).messages(CHANNEL, { oldest });
  expect(found.map(({ text }) => text)).toEqual(["1", "2", "4"]);
  expect(new URLSearchParams(String(server.seen[0]?.body)).get("include_all_metadata")).toBe("true");
});

test("a message that is too long for Slack is cut, and arrives", async () => {
  await using world = await startWorkspace();
  const { chat, slack } = world;
  const blocks = Array.from({ length: 60 }, () => ({
    ...SECTION,
    text: { type: "mrkdwn" as const, text: "x".repeat(4000) },
  }));
  await chat.post(CHANNEL, { text: "t".repeat(5000), blocks }, { key: "k" });
  expect(slack.messages("ci")[0]?.blocks).toHaveLength(50);
});

test("what is there already, or gone already, is no fault", async () => {
  await using world = await startWorkspace();
  const { chat, slack } = world;
  const ts = await chat.post(CHANNEL, { text: "card" }, { key: "a" });
  for (const _ of [1, 2]) await chat.react(CHANNEL, ts, "eyes");
  expect(slack.messages("ci")[0]?.reactions).toMatchObject([{ name: "eyes", count: 1 }]);
  for (const _ of [1, 2]) await chat.unreact(CHANNEL, ts, "eyes");
  for (const _ of [1, 2]) await chat.remove(CHANNEL, ts);
  expect(slack.messages("ci")).toEqual([]);
});

test("a refusal says the method and Slack's code", async () => {
  await using world = await startWorkspace();
  const { chat } = world;
  const error = await fault(chat.update(CHANNEL, NOWHERE, { text: "x" }, "k"));
  expect(error).toBeInstanceOf(RefusedError);
  expect(error.message).toBe("chat.update: message_not_found");
  const closed = await fault(chat.post(ChannelId.parse("C0DEV"), { text: "x" }, { key: "k" }));
  expect(closed.message).toBe("chat.postMessage: not_in_channel");
});

test("a limit says how long to wait, and nothing is sent a second time", async () => {
  await using world = await startWorkspace();
  const { chat, slack } = world;
  slack.faults.next({ method: "chat.postMessage", error: "ratelimited", retryAfter: 7 });
  const limited = await fault(chat.post(CHANNEL, { text: "x" }, { key: "k" }));
  expect(limited).toBeInstanceOf(TransientError);
  expect(limited).toMatchObject({ retryAfterMs: 7000 });
  slack.faults.next({ method: "chat.postMessage", status: 503 });
  expect(await fault(chat.post(CHANNEL, { text: "x" }, { key: "k" }))).toBeInstanceOf(TransientError);
  slack.faults.next({ method: "chat.postMessage", error: "internal_error" });
  expect(await fault(chat.post(CHANNEL, { text: "x" }, { key: "k" }))).toBeInstanceOf(TransientError);
  expect(slack.calls).toHaveLength(3);
  expect(slack.messages("ci")).toEqual([]);
});

test("a post whose answer is lost is a passing fault, and its key tells that it arrived", async () => {
  await using world = await startWorkspace();
  const { chat, slack } = world;
  slack.faults.next({ method: "chat.postMessage", dropAfterCommit: true });
  expect(await fault(chat.post(CHANNEL, { text: "x" }, { key: "k" }))).toBeInstanceOf(TransientError);
  expect((await chat.messages(CHANNEL, {})).map(({ key }) => key)).toEqual(["k"]);
});

test("silence, a proxy's page and a broken form are passing faults that hold no token", async () => {
  using silent = serve(() => new Promise(() => {}));
  const late = await fault(against(silent.url, 30).permalink(CHANNEL, NOWHERE));
  expect(late).toBeInstanceOf(TransientError);
  expect(late.message).toStartWith("chat.getPermalink: ");
  using page = serve(() => new Response("<html>login"));
  expect(await fault(against(page.url).permalink(CHANNEL, NOWHERE))).toBeInstanceOf(TransientError);
  using odd = serve(({ headers }) =>
    Response.json({ ok: false, error: String(headers.get("authorization")) }),
  );
  const echo = await fault(against(odd.url).permalink(CHANNEL, NOWHERE));
  expect(echo).toBeInstanceOf(TransientError);
  expect(Bun.inspect(echo)).not.toContain("xoxb-secret");
});

test("a missing scope and faulty blocks are named", async () => {
  const answers = [
    { ok: false, error: "missing_scope", needed: "chat:write" },
    { ok: false, error: "invalid_blocks", response_metadata: { messages: ["[ERROR] no such type"] } },
  ];
  using server = serve((_, count) => Response.json(answers[count - 1]));
  const chat = against(server.url);
  const send = () => fault(chat.post(CHANNEL, { text: "x" }, { key: "k" }));
  expect((await send()).message).toBe("chat.postMessage: missing_scope; needs the scope chat:write");
  expect((await send()).message).toBe("chat.postMessage: invalid_blocks; [ERROR] no such type");
});

test("channels go by id or name; the list is kept for ten minutes", async () => {
  await using world = await startWorkspace();
  const { chat, slack, clock } = world;
  expect(await chat.channel("C0ANY")).toBe(ChannelId.parse("C0ANY"));
  expect(await chat.channel("#ci")).toBe(CHANNEL);
  expect(await chat.channel("dev")).toBe(ChannelId.parse("C0DEV"));
  expect(slack.calls).toHaveLength(1);
  expect((await fault(chat.channel("#nope"))).message).toContain("no channel #nope");
  expect(slack.calls).toHaveLength(1);
  clock.at = new Date(clock.at.getTime() + 60_000);
  await fault(chat.channel("#nope"));
  expect(slack.calls).toHaveLength(2);
  clock.at = new Date(clock.at.getTime() + 11 * 60_000);
  await chat.channel("#ci");
  expect(slack.calls).toHaveLength(3);
});

test("people are asked for once, and known by the name that others see", async () => {
  await using world = await startWorkspace();
  const { chat, slack } = world;
  for (const _ of [1, 2])
    expect(await chat.person(PERSON)).toEqual({ id: PERSON, name: "alice", isBot: false });
  const { user } = await chat.whoAmI();
  expect(await chat.person(user)).toMatchObject({ isBot: true });
  expect(slack.calls.map(({ method }) => method)).toEqual(["users.info", "auth.test", "users.info"]);
});

test("a whisper is for one person, a link leads to the message, an old trigger opens nothing", async () => {
  await using world = await startWorkspace();
  const { chat, slack } = world;
  await chat.whisper(CHANNEL, PERSON, { text: "psst" }, null);
  expect(slack.ephemerals(ALICE)).toMatchObject([{ text: "psst" }]);
  const ts = await chat.post(CHANNEL, { text: "card" }, { key: "a" });
  expect(await chat.permalink(CHANNEL, ts)).toContain(`/archives/${CI}/p`);
  const title = { type: "plain_text" as const, text: "Dismiss" };
  const view = { type: "modal" as const, title, blocks: [SECTION] };
  expect(await fault(chat.openView("123.456.abc", view))).toBeInstanceOf(RefusedError);
});
