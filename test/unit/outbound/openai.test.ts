import { expect, test } from "bun:test";
import { z } from "zod";
import { systemClock } from "../../../src/kernel/clock.ts";
import { RefusedError, TransientError } from "../../../src/kernel/errors.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import { createModel, type ModelOptions } from "../../../src/outbound/openai/index.ts";
import { startModel } from "../../../src/playground/model/index.ts";
import { fault, serve, stoppedClock } from "./support.ts";

const KEY = "sk-proj-abcdefghijklmnopqrstuvwx";
const HELLO = { purpose: "analyse", messages: [{ role: "user" as const, content: "hello" }] };

const against = (url: string, more: Partial<ModelOptions> = {}) =>
  createModel({
    baseUrl: `${url}/v1`,
    apiKey: KEY,
    model: "gpt-5.1",
    clock: stoppedClock(),
    log: silentLog,
    ...more,
  });

const completion = (message: object, more: object = {}) => ({
  id: "c1",
  object: "chat.completion",
  created: 1,
  model: "gpt-5.1-2025-11-13",
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: null, ...message } }],
  usage: { prompt_tokens: 1_000_000, completion_tokens: 100_000, total_tokens: 1_100_000 },
  ...more,
});

test("an answer has its text, tokens and cost", async () => {
  using server = serve(() => Response.json(completion({ content: "hi" })));
  expect(await against(server.url).ask(HELLO)).toEqual({
    text: "hi",
    toolCalls: [],
    usage: { inputTokens: 1_000_000, outputTokens: 100_000, usd: 2.25 },
    model: "gpt-5.1-2025-11-13",
  });
  const [asked] = server.seen;
  expect(asked?.path).toBe("/v1/chat/completions");
  expect(asked?.headers.get("authorization")).toBe(`Bearer ${KEY}`);
  expect(asked?.body).toEqual({ model: "gpt-5.1", messages: HELLO.messages });
});

test("prices may be given; a model without one costs nothing", async () => {
  using server = serve(() => Response.json(completion({ content: "hi" }, { model: "local", usage: null })));
  expect((await against(server.url, { model: "local" }).ask(HELLO)).usage).toEqual({
    inputTokens: 0,
    outputTokens: 0,
    usd: 0,
  });
  using own = serve(() => Response.json(completion({ content: "hi" }, { model: "acme/local" })));
  const priced = against(own.url, { model: "acme/local", prices: { local: { input: 1, output: 10 } } });
  expect((await priced.ask(HELLO)).usage.usd).toBe(2);
});

test("tools and schema go out as JSON schema, calls come back as the model wrote them", async () => {
  const call = { id: "t1", type: "function", function: { name: "read", arguments: '{"path": "a.ts"' } };
  using server = serve(() => Response.json(completion({ tool_calls: [call] })));
  const parameters = z.object({ path: z.string(), lines: z.int().default(10) });
  const reply = await against(server.url).ask({
    purpose: "fix",
    messages: [
      { role: "system", content: "be brief" },
      { role: "assistant", content: null, toolCalls: [{ id: "t0", name: "read", arguments: "{}" }] },
      { role: "tool", toolCallId: "t0", content: "no such file" },
      { role: "assistant", content: "hm", toolCalls: [] },
    ],
    tools: [{ name: "read", description: "reads a file", parameters }],
    schema: { name: "verdict", schema: z.object({ flaky: z.boolean() }) },
  });
  expect(reply).toMatchObject({
    text: null,
    toolCalls: [{ id: "t1", name: "read", arguments: '{"path": "a.ts"' }],
  });
  expect(server.seen[0]?.body).toMatchObject({
    messages: [
      { role: "system", content: "be brief" },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "t0", type: "function", function: { name: "read", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "t0", content: "no such file" },
      { role: "assistant", content: "hm" },
    ],
    tools: [
      {
        type: "function",
        function: {
          name: "read",
          description: "reads a file",
          parameters: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
        },
      },
    ],
    response_format: {
      type: "json_schema",
      json_schema: {
        name: "verdict",
        strict: false,
        schema: { type: "object", properties: { flaky: { type: "boolean" } }, required: ["flaky"] },
      },
    },
  });
});

test.each([
  [429, { "retry-after": "3" }, 3000],
  [429, { "retry-after-ms": "250", "retry-after": "1" }, 250],
  [503, { "retry-after": "Sun, 01 Mar 2026 12:00:10 GMT" }, 10_000],
  [500, {}, null],
])("%d %j may be asked again, by the caller", async (status, headers, retryAfterMs) => {
  using server = serve(() => Response.json({ error: { message: "busy" } }, { status, headers }));
  const error = await fault(against(server.url).ask(HELLO));
  expect(error).toBeInstanceOf(TransientError);
  expect(error).toMatchObject({ retryAfterMs, message: `model: ${status} busy` });
  expect(server.seen).toHaveLength(1);
});

test.each([400, 401, 404])("%d is a refusal that does not say the key", async (status) => {
  using server = serve(() => Response.json({ error: { message: `wrong key ${KEY}` } }, { status }));
  const error = await fault(against(server.url).ask(HELLO));
  expect(error).toBeInstanceOf(RefusedError);
  expect(error).toMatchObject({ status });
  expect(Bun.inspect(error)).not.toContain(KEY);
});

test("silence, an unreachable server, a page, and no answer at all are passing faults", async () => {
  using silent = serve(() => new Promise(() => {}));
  expect(await fault(against(silent.url, { timeoutMs: 30 }).ask(HELLO))).toBeInstanceOf(TransientError);
  silent[Symbol.dispose]();
  expect(await fault(against(silent.url).ask(HELLO))).toBeInstanceOf(TransientError);
  using page = serve(() => new Response("<html>login", { headers: { "content-type": "text/html" } }));
  expect(await fault(against(page.url).ask(HELLO))).toBeInstanceOf(TransientError);
  using cut = serve(() => new Response('{"model":', { headers: { "content-type": "application/json" } }));
  expect(await fault(against(cut.url).ask(HELLO))).toBeInstanceOf(TransientError);
  const nothing = [completion({}, { choices: [] }), completion({ content: "" })];
  using empty = serve((_, count) => Response.json(nothing[count - 1]));
  for (const _ of nothing) {
    const error = await fault(against(empty.url).ask(HELLO));
    expect(error).toBeInstanceOf(TransientError);
    expect(error.message).toBe("the model answered nothing");
  }
});

test("a model that declines is not asked again", async () => {
  using server = serve(() => Response.json(completion({ refusal: "I can't help with that." })));
  const error = await fault(against(server.url).ask(HELLO));
  expect(error).toBeInstanceOf(RefusedError);
  expect(error.message).toContain("I can't help with that.");
});

test("whoever cancels gets their own reason", async () => {
  const controller = new AbortController();
  const reason = new Error("the budget is used up");
  using server = serve(() => {
    controller.abort(reason);
    return new Promise(() => {});
  });
  const work = against(server.url).ask({ ...HELLO, signal: controller.signal });
  expect(await fault(work)).toBe(reason);
});

test("the playground's model understands the question", async () => {
  const server = await startModel({ clock: systemClock });
  try {
    const options = { baseUrl: server.baseUrl, apiKey: server.apiKey, model: "scripted" };
    server.faults.next({ text: '{"flaky":true}' });
    const model = createModel({ ...options, clock: systemClock, log: silentLog });
    const reply = await model.ask({
      ...HELLO,
      schema: { name: "verdict", schema: z.object({ flaky: z.boolean() }) },
    });
    expect(reply.text).toBe('{"flaky":true}');
    expect(reply.usage.usd).toBe(0);
    const stranger = createModel({ ...options, apiKey: "wrong", clock: systemClock, log: silentLog });
    expect(await fault(stranger.ask(HELLO))).toMatchObject({ status: 401 });
  } finally {
    await server.stop();
  }
});
