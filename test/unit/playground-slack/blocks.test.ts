import { expect, test } from "bun:test";
import type { WebClient } from "@slack/web-api";
import { CI, startWorld } from "./support.ts";

const words = (length: number) => ({ type: "mrkdwn", text: "x".repeat(length) });
const button = (text: string, action_id = text) => ({
  type: "button",
  text: { type: "plain_text", text },
  action_id,
});

/** Error name and messages the Web API gives for these blocks. */
async function refusal(client: WebClient, blocks: unknown): Promise<[string, string[]]> {
  try {
    await client.apiCall("chat.postMessage", { channel: CI, text: "t", blocks });
    return ["ok", []];
  } catch (error) {
    const { data } = Object(error);
    return [data.error, data.response_metadata?.messages ?? []];
  }
}

test("a block beyond its limits is refused with the place of the fault", async () => {
  const { client, slack } = await startWorld();
  const cases: [unknown, string][] = [
    [
      { type: "section", text: words(3001) },
      "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ],
    [
      { type: "header", text: { type: "plain_text", text: "x".repeat(151) } },
      "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ],
    [
      { type: "actions", elements: [button("x".repeat(76), "a")] },
      "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ],
    [
      { type: "actions", elements: Array.from({ length: 26 }, (_, index) => button(`b${index}`)) },
      "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ],
    [
      { type: "section", fields: Array.from({ length: 11 }, () => words(1)) },
      "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ],
    [{ type: "section" }, "missing required field: text [json-pointer:/blocks/0/text]"],
    [{ type: "sektion", text: words(1) }, "unsupported type [json-pointer:/blocks/0/type]"],
    [{ type: "divider", colour: "red" }, "invalid additional property: colour [json-pointer:/blocks/0]"],
    [
      { type: "actions", elements: [button("one", "same"), button("two", "same")] },
      'action_id "same" already exists [json-pointer:/blocks/0/elements/1/action_id]',
    ],
  ];
  for (const [block, message] of cases) {
    expect(await refusal(client, [block])).toEqual(["invalid_blocks", [`[ERROR] ${message}`]]);
  }
  expect(slack.messages("ci")).toEqual([]);
});

test("too many blocks and too much text in all are refused", async () => {
  const { client } = await startWorld();
  const dividers = (length: number) => Array.from({ length }, () => ({ type: "divider" }));
  expect((await refusal(client, dividers(50)))[0]).toBe("ok");
  expect(await refusal(client, dividers(51))).toEqual([
    "invalid_blocks",
    ["[ERROR] no more than 50 items allowed [json-pointer:/blocks]"],
  ]);
  const sections = (each: number) =>
    Array.from({ length: 5 }, () => ({ type: "section", text: words(each) }));
  expect((await refusal(client, sections(2600)))[0]).toBe("ok");
  expect((await refusal(client, sections(2601)))[0]).toBe("msg_blocks_too_long");
  expect((await refusal(client, "not a list"))[0]).toBe("invalid_blocks_format");
});

test("what has no id gets one", async () => {
  const { client, slack } = await startWorld();
  const nameless = { type: "button", text: { type: "plain_text", text: "Go" } };
  expect((await refusal(client, [{ type: "actions", elements: [nameless] }]))[0]).toBe("ok");
  const block = slack.messages("ci")[0]?.blocks?.[0];
  expect(block).toMatchObject({
    block_id: expect.any(String),
    elements: [{ action_id: expect.any(String) }],
  });
});
