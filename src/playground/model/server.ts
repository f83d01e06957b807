import { type Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import type { Answer } from "./answer.ts";
import { completion, MODEL } from "./completion.ts";
import { readConversation } from "./conversation.ts";
import { type Fault, Faults } from "./faults.ts";
import { answer } from "./purposes/index.ts";
import { ChatRequest } from "./request.ts";

/** The key the playground gives out; any other is refused. */
export const MODEL_KEY = "playground-model-key";

/** A completion that was asked for. */
export interface SeenRequest {
  at: Date;
  purpose: string | null;
  status: number;
}

export interface ModelServer {
  origin: string;
  /** What `OPENAI_BASE_URL` is set to: the origin with `/v1`. */
  baseUrl: string;
  /** What `OPENAI_API_KEY` is set to. */
  apiKey: string;
  /** Every completion asked for so far, with a valid key. */
  requests: readonly SeenRequest[];
  faults: Pick<Faults, "next">;
  stop(): Promise<void>;
}

export interface ModelOptions {
  clock: Clock;
  /** 0 or unset: any free port. */
  port?: number;
  /** How long each completion takes, in milliseconds. Default 0. */
  delayMs?: number;
}

function refuse(c: Context, status: ContentfulStatusCode, message: string, code: string | null): Response {
  const type = status >= 500 ? "server_error" : "invalid_request_error";
  return c.json({ error: { message, type, param: null, code } }, status);
}

function parse(text: string): ChatRequest | string {
  try {
    return ChatRequest.parse(JSON.parse(text));
  } catch (error) {
    return error instanceof z.ZodError ? z.prettifyError(error) : "the body is not JSON";
  }
}

/** The fault's own answer; null where it only changes the text of a completion. */
function faulty(fault: Fault): Response | null {
  if (fault.text !== undefined) return null;
  const status = fault.status ?? (fault.body === undefined ? 500 : 200);
  const body = fault.body ?? { error: { message: "The playground was told to fail.", type: "server_error" } };
  return typeof body === "string" ? new Response(body, { status }) : Response.json(body, { status });
}

async function complete(c: Context, options: ModelOptions, faults: Faults, requests: SeenRequest[]) {
  const text = await c.req.text();
  const request = parse(text);
  const conversation = typeof request === "string" ? null : readConversation(request);
  const seen = { at: options.clock.now(), purpose: conversation?.purpose ?? null, status: 200 };
  requests.push(seen);
  if (options.delayMs) await options.clock.sleep(options.delayMs);
  const fault = faults.take(seen.purpose);
  const broken = fault && faulty(fault);
  if (broken) {
    seen.status = broken.status;
    return broken;
  }
  if (conversation === null) {
    seen.status = 400;
    return refuse(c, 400, String(request), "invalid_request");
  }
  const said: Answer = fault?.text === undefined ? answer(conversation) : { text: fault.text };
  return c.json(completion(said, text, seen.at));
}

/** Starts the scripted model: OpenAI's Chat Completions on localhost, without a network and without state. */
export async function startModel(options: ModelOptions): Promise<ModelServer> {
  const faults = new Faults();
  const requests: SeenRequest[] = [];
  const app = new Hono();
  app.use("/v1/*", async (c, next) => {
    if (c.req.header("authorization") === `Bearer ${MODEL_KEY}`) return next();
    return refuse(c, 401, "Incorrect API key provided.", "invalid_api_key");
  });
  app.get("/v1/models", (c) =>
    c.json({ object: "list", data: [{ id: MODEL, object: "model", created: 0, owned_by: "playground" }] }),
  );
  app.post("/v1/chat/completions", (c) => complete(c, options, faults, requests));
  app.notFound((c) => refuse(c, 404, `Invalid URL (${c.req.method} ${c.req.path})`, null));
  app.onError((error, c) => refuse(c, 500, error.message, null));
  const server = Bun.serve({ hostname: "127.0.0.1", port: options.port ?? 0, fetch: app.fetch });
  const origin = `http://127.0.0.1:${server.port}`;
  return {
    origin,
    baseUrl: `${origin}/v1`,
    apiKey: MODEL_KEY,
    requests,
    faults,
    stop: () => server.stop(true),
  };
}
