import { afterEach, beforeEach, expect, test } from "bun:test";
import OpenAI from "openai";
import { type Clock, systemClock } from "../../../src/kernel/clock.ts";
import { type ModelServer, startModel } from "../../../src/playground/model/index.ts";
import { clientOf } from "./support/agent.ts";

let model: ModelServer;
beforeEach(async () => {
  model = await startModel({ clock: systemClock });
});
afterEach(() => model.stop());

const body = {
  model: "any",
  messages: [
    { role: "system" as const, content: "purpose: discuss\n" },
    { role: "user" as const, content: "Test: catalog > asks the list price for an apple\nWhy?" },
  ],
};

const failure = async (promise: Promise<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> => {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof OpenAI.APIError) return error;
  throw new Error(`expected the service's error, got ${String(error)}`);
};

test("answers as Chat Completions does, with usage and an id that follows from the request", async () => {
  const client = clientOf(model);
  const first = await client.chat.completions.create(body);
  const again = await client.chat.completions.create(body);
  expect(first).toMatchObject({ object: "chat.completion", model: "playground-scripted", id: again.id });
  expect(first.choices[0]).toMatchObject({ index: 0, finish_reason: "stop", message: { role: "assistant" } });
  const usage = first.usage;
  expect(usage?.prompt_tokens).toBeGreaterThan(20);
  expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0));
  expect(model.requests).toMatchObject([
    { purpose: "discuss", status: 200 },
    { purpose: "discuss", status: 200 },
  ]);
});

test("takes content in parts and honours tool_choice none", async () => {
  const tool = { type: "function" as const, function: { name: "search", parameters: { type: "object" } } };
  const messages = [
    { role: "system" as const, content: [{ type: "text" as const, text: "purpose: fix\n" }] },
    { role: "user" as const, content: [{ type: "text" as const, text: "Test: a > b" }] },
  ];
  const create = (choice: "none" | "auto") =>
    clientOf(model).chat.completions.create({ model: "any", messages, tools: [tool], tool_choice: choice });
  expect((await create("none")).choices[0]?.message.tool_calls).toBeUndefined();
  const called = (await create("auto")).choices[0];
  expect(called?.finish_reason).toBe("tool_calls");
  expect(called?.message.tool_calls).toMatchObject([
    { function: { name: "search", arguments: '{"pattern":"b"}' } },
  ]);
});

test("lists its one model", async () => {
  const models = await clientOf(model).models.list();
  expect(models.data.map((one) => one.id)).toEqual(["playground-scripted"]);
});

test("refuses a wrong key, a stream, what is not JSON, and unknown paths", async () => {
  expect((await failure(clientOf(model, "sk-wrong").chat.completions.create(body))).status).toBe(401);
  expect((await failure(clientOf(model).chat.completions.create({ ...body, stream: true }))).status).toBe(
    400,
  );
  expect((await failure(clientOf(model).embeddings.create({ model: "any", input: "x" }))).status).toBe(404);
  const headers = { authorization: `Bearer ${model.apiKey}` };
  const url = `${model.baseUrl}/chat/completions`;
  expect((await fetch(url, { method: "POST", headers, body: "{" })).status).toBe(400);
  expect((await fetch(url, { headers })).status).toBe(404);
  expect((await fetch(model.origin)).status).toBe(404);
});

test("gives the faults it was told to, in order, and then answers again", async () => {
  const client = clientOf(model);
  model.faults.next({ status: 503, times: 2 });
  model.faults.next({ status: 429, body: { error: { message: "slow down" } } });
  model.faults.next({ text: "nonsense" });
  model.faults.next({ body: "<html>" });
  expect((await failure(client.chat.completions.create(body))).status).toBe(503);
  expect((await failure(client.chat.completions.create(body))).status).toBe(503);
  expect((await failure(client.chat.completions.create(body))).message).toContain("slow down");
  expect((await client.chat.completions.create(body)).choices[0]?.message.content).toBe("nonsense");
  expect(String(await client.chat.completions.create(body))).toBe("<html>");
  expect((await client.chat.completions.create(body)).choices[0]?.message.content).toContain("State shared");
  expect(model.requests.map((request) => request.status)).toEqual([503, 503, 429, 200, 200, 200]);
});

test("takes as long as it was told to, by the clock it was given", async () => {
  const slept: number[] = [];
  const clock: Clock = {
    now: () => new Date("2026-03-01T08:00:00Z"),
    sleep: async (ms) => {
      slept.push(ms);
    },
  };
  const slow = await startModel({ clock, delayMs: 5_000 });
  try {
    const reply = await clientOf(slow).chat.completions.create(body);
    expect(slept).toEqual([5_000]);
    expect(reply.created).toBe(1772352000);
  } finally {
    await slow.stop();
  }
});
