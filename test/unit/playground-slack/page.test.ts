import { expect, test } from "bun:test";
import type { SlackPlayground } from "../../../src/playground/slack/index.ts";
import { ALICE, BOB, CI, startWorld, until } from "./support.ts";

async function frame(slack: SlackPlayground, query: Record<string, string> = {}) {
  const response = await fetch(`${slack.origin}/ui/frame?${new URLSearchParams({ as: ALICE, ...query })}`);
  const parts: Record<string, string> = Object(await response.json());
  return (name: string): string => parts[name] ?? "";
}

const act = (slack: SlackPlayground, body: Record<string, unknown>) =>
  fetch(`${slack.origin}/ui/act`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ as: ALICE, ...body }),
  });

/** The content of the message with this ts, between its article's tags. */
function article(html: string, ts: string): string {
  return (
    html.split(`id="main-${ts}"`)[1]?.split('<div class="content">')[1]?.split('<div class="toolbar">')[0] ??
    ""
  );
}

test("mrkdwn is shown as in Slack", async () => {
  const { slack, client } = await startWorld();
  const cases: [string, string][] = [
    ["*b* _i_ ~s~ `*c*`", "<p><b>b</b> <i>i</i> <s>s</s> <code>*c*</code></p>"],
    ["snake_case_name and 2*3*4", "<p>snake_case_name and 2*3*4</p>"],
    ["*bold _both_*", "<p><b>bold <i>both</i></b></p>"],
    ["&gt; said\nplain", "<blockquote>said</blockquote><p>plain</p>"],
    ["• one\n• two", "<ul><li>one</li><li>two</li></ul>"],
    ["```a &lt; b\n  c```", "<pre>a &lt; b\n  c</pre>"],
    [
      `<@${BOB}> <!channel> :tada: :nosuch:`,
      '<p><span class="mention">@bob</span> <span class="mention">@channel</span> <span title=":tada:">🎉</span> :nosuch:</p>',
    ],
    ["<!date^1700000000^{date}|14 Nov>", "<p>14 Nov</p>"],
  ];
  for (const [text, html] of cases) {
    const { ts = "" } = await client.chat.postMessage({ channel: CI, text });
    expect(article((await frame(slack))("timeline"), ts)).toStartWith(`<div class="mrkdwn">${html}</div>`);
  }
});

test("hostile text stays text, wherever it is shown", async () => {
  const { slack, client } = await startWorld();
  const evil = `"><script>alert(1)</script><img src=x onerror=alert(2)>`;
  await client.apiCall("chat.postMessage", {
    channel: CI,
    text: evil,
    username: evil,
    blocks: [
      { type: "header", text: { type: "plain_text", text: evil } },
      {
        type: "section",
        text: { type: "mrkdwn", text: `*${evil}* <javascript:alert(3)|click> \`${evil}\`` },
      },
      {
        type: "actions",
        elements: [
          {
            type: "button",
            action_id: evil,
            url: "javascript:alert(4)",
            text: { type: "plain_text", text: evil },
          },
        ],
      },
      { type: "image", image_url: "https://x.example/a.png", alt_text: evil },
    ],
  });
  slack.say(BOB, "ci", evil);
  slack.setBanner(evil);
  slack.setLinks([{ label: evil, url: "javascript:alert(5)" }]);
  const whole = await (await fetch(slack.pageUrl)).text();
  expect(whole).toContain("&lt;script&gt;alert(1)");
  expect(whole).not.toContain("<script>alert");
  expect(whole).not.toContain("<img src=x");
  expect(whole).not.toMatch(/href="javascript/i);
  const policy = (await fetch(slack.pageUrl)).headers.get("content-security-policy");
  expect(policy).toContain("script-src 'self'");
});

test("each person sees their own notes, modals and direct messages", async () => {
  const { slack, client, receiver } = await startWorld();
  await client.chat.postEphemeral({ channel: CI, user: ALICE, text: "for Alice" });
  await client.chat.postMessage({ channel: ALICE, text: "private" });
  await slack.command(ALICE, "ci", "open");
  const view = { type: "modal", title: { type: "plain_text", text: "Hers" }, blocks: [{ type: "divider" }] };
  await client.apiCall("views.open", { trigger_id: receiver.got.at(-1)?.body.trigger_id, view });
  const hers = await frame(slack);
  expect(hers("timeline")).toContain("for Alice");
  expect(hers("modal")).toContain("Hers");
  expect((await frame(slack, { channel: "dm" }))("timeline")).toContain("private");
  const his = await frame(slack, { as: BOB });
  expect(his("timeline")).not.toContain("for Alice");
  expect(his("modal")).toBe("");
  const dm = (await frame(slack, { channel: "dm" }))("channel");
  expect((await frame(slack, { as: BOB, channel: dm }))("channel")).toBe(CI);
});

test("what is typed is a message, the app's command, or no command at all", async () => {
  const { slack, receiver } = await startWorld();
  receiver.answer = (received) => new Response(received.body.command ? "listed" : "");
  const say = (text: string) => act(slack, { act: "say", channel: CI, thread: "", text });
  await say("/flaky list open");
  await say("/remind me");
  await say("// kept here");
  await slack.idle();
  expect(receiver.got.map((one) => one.body.text).filter(Boolean)).toEqual(["list open"]);
  expect(slack.ephemerals(ALICE).map((note) => note.text)).toEqual([
    "listed",
    "`/remind` is not a valid command. This workspace knows `/flaky`.",
  ]);
  expect(slack.messages("ci").map((message) => message.text)).toEqual(["// kept here"]);
});

test("acts are checked; those that cannot be done say why", async () => {
  const { slack } = await startWorld();
  const ts = slack.say(BOB, "ci", "mine");
  await act(slack, { act: "react", ts, name: "eyes" });
  expect(slack.messages("ci")[0]?.reactions?.[0]?.users).toEqual([ALICE]);
  const refused = await act(slack, { act: "remove", ts });
  expect([refused.status, await refused.json()]).toEqual([400, { error: `${ALICE} did not write ${ts}` }]);
  expect((await act(slack, { act: "explode" })).status).toBe(400);
  expect((await act(slack, { as: 3 })).status).toBe(400);
  const form = await fetch(`${slack.origin}/ui/act`, {
    method: "POST",
    body: new URLSearchParams({ act: "remove" }),
  });
  expect(form.status).toBe(415);
});

test("a permalink leads to the message, a reply to its thread", async () => {
  const { slack, client } = await startWorld();
  const ts = slack.say(BOB, "ci", "first");
  const reply = slack.say(ALICE, "ci", "reply", { threadTs: ts });
  const { permalink = "" } = await client.chat.getPermalink({ channel: CI, message_ts: reply });
  const response = await fetch(permalink);
  expect(new URL(response.url).searchParams.get("focus")).toBe(reply);
  const html = await response.text();
  expect(html).toMatch(new RegExp(`id="thread-${reply}" class="message[^"]*focus`));
});

test("a change is told to open pages, and assets are served by name only", async () => {
  const { slack } = await startWorld();
  const response = await fetch(`${slack.origin}/ui/changes`);
  let told = "";
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) told += decoder.decode(chunk);
  })().catch(() => {});
  await until(() => told.includes("hello"));
  slack.say(ALICE, "ci", "a");
  slack.say(ALICE, "ci", "b");
  await until(() => told.includes("change"));
  const status = async (path: string) => (await fetch(`${slack.origin}${path}`)).status;
  expect(await status("/assets/page.js")).toBe(200);
  expect(await status("/assets/nothing.js")).toBe(404);
  expect(await status("/assets/..%2Fshell.tsx")).toBe(404);
  await slack.stop();
  await reading;
});
