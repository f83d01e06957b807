import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { createDoor } from "../../../src/outbound/openai/index.ts";
import { until } from "../../harness/until.ts";
import { fix, type Scratch, ScriptedModel, sandbox, scratch } from "./world.ts";

setDefaultTimeout(60_000);

const KEY = "sk-kept-outside";
let world: Scratch;
beforeAll(async () => {
  world = await scratch({ "ask.mjs": ASK });
});
afterAll(() => world[Symbol.asyncDispose]());

/** A coding program: asks, streams, and tries what is none of its business. */
const ASK = `const base = process.env.OPENAI_BASE_URL;
const headers = { authorization: "Bearer " + process.env.OPENAI_API_KEY };
const post = (path, body) => fetch(base + path, { method: "POST", headers, body: JSON.stringify(body) });
const said = [];
const first = await post("/chat/completions", { model: "the-dearest", messages: [{ role: "user", content: "hi" }] });
said.push(first.status, (await first.json()).choices[0].message.content);
const streamed = await post("/responses", { stream: true, input: "hi" });
said.push(streamed.status, (await streamed.text()).includes("event: done"));
for (const path of ["/files", "/../../admin", "/organization/api_keys"]) said.push((await post(path, {})).status);
said.push((await fetch(base + "/models", { headers })).status);
said.push((await post("/chat/completions", {})).status, (await post("/chat/completions", {})).status);
await Bun.write("test/said.test.txt", JSON.stringify(said) + "\\n" + process.env.OPENAI_API_KEY + "\\n");
`;

/** A service that speaks as the real ones do, and keeps what it was sent. */
function service() {
  const seen: { path: string; key: string | null; model: unknown }[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const body: unknown = await request.json();
      const model = typeof body === "object" && body !== null && "model" in body ? body.model : null;
      seen.push({ path: pathname, key: request.headers.get("authorization"), model });
      const usage = '"usage":{"prompt_tokens":1000,"completion_tokens":100}';
      if (pathname.endsWith("/responses"))
        return new Response(`event: done\ndata: {"usage":{"input_tokens":10,"output_tokens":1}}\n\n`, {
          headers: { "content-type": "text/event-stream" },
        });
      return new Response(`{"choices":[{"message":{"content":"hello"}}],${usage}}`);
    },
  });
  return { seen, server, baseUrl: `http://127.0.0.1:${server.port}/v1` };
}

const asks = (over: { model?: boolean }) => ({
  test: null,
  kind: "task" as const,
  objective: "Ask.",
  toolchain: {},
  paths: { allow: ["test/**"], deny: [], product: "deny" as const },
  budget: { usd: 1, steps: 3, minutes: 1 },
  fixer: { kind: "command" as const, command: ["bun", "ask.mjs"], ...over },
});

test.if(sandbox.kind !== "docker")(
  "a command asks the model by its door, within the task's budget and nothing else",
  async () => {
    const { seen, server, baseUrl } = service();
    try {
      const model = createDoor({ baseUrl, apiKey: KEY, model: "gpt-5-mini" });
      const door = { model, program: process.execPath };
      const result = await fix(world, new ScriptedModel(), asks({ model: true }), { door });
      expect([result.outcome, result.reason]).toEqual(["done", "done: all gates passed"]);
      expect(result.patch).toContain('+[200,"hello",200,true,404,404,404,404,200,429]');
      expect(result.patch).toContain("+behind-the-door");
      expect(seen).toEqual(
        ["/v1/chat/completions", "/v1/responses", "/v1/chat/completions"].map((path) => ({
          path,
          key: `Bearer ${KEY}`,
          model: "gpt-5-mini",
        })),
      );
      expect(result.status.cost.tokens).toBe(2211);
      expect([result.status.cost.usd > 0, result.status.steps]).toEqual([true, 4]);
    } finally {
      await server.stop(true);
    }
  },
);

test("without its being asked for there is no door, and where there is no model it is said", async () => {
  const program = process.execPath;
  const none = await fix(world, new ScriptedModel(), asks({ model: true }));
  expect(none.reason).toStartWith("no_model: ");
  const model = createDoor({ baseUrl: "http://127.0.0.1:9/v1", apiKey: KEY, model: "gpt-5-mini" });
  const closed = await fix(world, new ScriptedModel(), asks({}), { door: { model, program } });
  expect(closed.reason).toStartWith("command_failed: ");
});

test("an answer that is hung up on has its price", async () => {
  const streaming = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () =>
      new Response(
        new ReadableStream({
          async pull(controller) {
            controller.enqueue(new TextEncoder().encode("data: word\n\n"));
            await new Promise((resolve) => setImmediate(resolve));
          },
        }),
      ),
  });
  const signal = AbortSignal.timeout(60_000);
  const prices = { m: { input: 1, output: 1 } };
  const model = createDoor({ baseUrl: `${streaming.url}v1`, apiKey: KEY, model: "m", prices });
  const door = await model.open({ mostRequests: 2, mostUsd: 1, signal });
  try {
    const hangUp = new AbortController();
    const body = JSON.stringify({ stream: true });
    const asked = { unix: door.socket, method: "POST", body, signal: hangUp.signal };
    const answer = await fetch("http://door/v1/responses", asked);
    await answer.body?.getReader().read();
    hangUp.abort();
    await until("it is counted", () => door.used().tokens > 0 && door.used().usd > 0);
  } finally {
    await door.close();
    await streaming.stop(true);
  }
});
