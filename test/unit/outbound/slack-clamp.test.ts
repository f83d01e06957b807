import { expect, test } from "bun:test";
import type { KnownBlock } from "@slack/types";
import { checkBlocks } from "../../../src/playground/slack/blocks/check.ts";
import { Ids } from "../../../src/playground/slack/ids.ts";
import { clampMessage } from "../../../src/ports/chat-limits.ts";
import { stoppedClock } from "./support.ts";

const section = (text: string): KnownBlock => ({ type: "section", text: { type: "mrkdwn", text } });
const textOf = (block: KnownBlock | undefined): string =>
  block?.type === "section" ? (block.text?.text ?? "") : "";
const blocksOf = (blocks: KnownBlock[]): KnownBlock[] => clampMessage({ text: "t", blocks }).blocks ?? [];
/** Throws as Slack refuses. */
const slackTakes = (blocks: KnownBlock[]) =>
  checkBlocks(structuredClone(blocks), "message", new Ids(stoppedClock(), Math.random));

test("a message within the limits stays as it is", () => {
  const message = {
    text: "x".repeat(4000),
    blocks: [section("y".repeat(3000)), { type: "divider" as const }],
  };
  expect(clampMessage(message)).toEqual(message);
  expect(clampMessage({ text: "x" })).toEqual({ text: "x" });
});

test("every text is cut to its own limit", () => {
  const long = "é".repeat(5000);
  const plain = { type: "plain_text" as const, text: long };
  const button = { type: "button" as const, text: plain, action_id: "a" };
  const [header, fields, actions] = blocksOf([
    { type: "header", text: plain },
    {
      type: "section",
      text: { type: "mrkdwn", text: "short" },
      fields: Array.from({ length: 12 }, () => ({ type: "plain_text" as const, text: "f" })),
      accessory: button,
    },
    { type: "actions", elements: [button] },
  ]);
  expect(header).toMatchObject({ text: { text: `${"é".repeat(149)}…` } });
  expect(fields).toMatchObject({
    fields: expect.objectContaining({ length: 10 }),
    accessory: { text: { text: `${"é".repeat(74)}…` } },
  });
  expect(actions).toMatchObject({ elements: [{ text: { text: `${"é".repeat(74)}…` } }] });
  expect(clampMessage({ text: long }).text.length).toBeLessThanOrEqual(4000);
  expect(textOf(blocksOf([section(long)])[0]).length).toBeLessThanOrEqual(3000);
});

test("a menu and a button's value keep to theirs", () => {
  const long = "🧑🏽‍🚀".repeat(500);
  const plain = (text: string) => ({ type: "plain_text" as const, text });
  const options = Array.from({ length: 130 }, (_, at) => ({
    text: plain(`${at} ${long}`),
    value: String(at),
  }));
  const blocks = blocksOf([
    {
      type: "actions",
      elements: [
        { type: "static_select", action_id: "a", placeholder: plain(long), options },
        { type: "button", action_id: "b", text: plain(long), value: long },
      ],
    },
  ]);
  slackTakes(blocks);
  expect(blocks[0]).toMatchObject({ elements: [{ options: expect.objectContaining({ length: 100 }) }, {}] });
  expect(JSON.stringify(blocks)).not.toMatch(/\\ud[89ab][\da-f]{2}/i);
});

test("too many blocks lose their middle, not the buttons at the end", () => {
  const actions: KnownBlock = {
    type: "actions",
    elements: [{ type: "button", text: { type: "plain_text", text: "Approve" }, action_id: "approve" }],
  };
  const blocks = blocksOf([...Array.from({ length: 70 }, (_, index) => section(`s${index}`)), actions]);
  expect(blocks).toHaveLength(50);
  expect(textOf(blocks[47])).toBe("s47");
  expect(blocks[48]).toMatchObject({ elements: [{ text: "… 22 parts left out …" }] });
  expect(blocks[49]).toEqual(actions);
});

test("when all together is too long, the longest lose first", () => {
  const long = Array.from({ length: 6 }, () => section("l".repeat(2900)));
  const blocks = blocksOf([section("short"), ...long, section("end")]);
  slackTakes(blocks);
  expect([blocks[0], blocks.at(-1)].map(textOf)).toEqual(["short", "end"]);
  expect(textOf(blocks[1]).length).toBeGreaterThan(1900);
});

test("even what cannot be shortened enough goes through", () => {
  const fields = Array.from({ length: 10 }, () => ({ type: "mrkdwn" as const, text: "f".repeat(2000) }));
  const blocks = blocksOf(Array.from({ length: 50 }, () => ({ type: "section" as const, fields })));
  slackTakes(blocks);
  expect(blocks.length).toBeGreaterThan(3);
});

test.each([
  ["an entity", `${"a".repeat(2993)}&amp;&amp;&amp;`, /a…$/],
  ["a link", `${"a".repeat(2980)}<https://example.com/x|here> and more words`, /a…$/],
  ["a code block", `\`\`\`\n${"a".repeat(4000)}\n\`\`\``, /^```\na+…\n```$/],
  ["a surrogate pair", "😀".repeat(2000), /^(😀)+…$/u],
])("the cut does not tear %s", (_, text, expected) => {
  const cut = textOf(blocksOf([section(text)])[0]);
  expect(cut).toMatch(expected);
  expect(cut.length).toBeLessThanOrEqual(3000);
});
