import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { errorText } from "../../kernel/errors.ts";
import { fromJson } from "../../kernel/json.ts";
import type { ModelDoor } from "../../ports/model.ts";
import { costOf, PRICES, type Price, priceOf } from "./prices.ts";

interface Options {
  baseUrl: string;
  apiKey: string;
  model: string;
  prices?: Readonly<Record<string, Price>>;
}

/** What may be asked, and nothing else of the service: its files, keys and bills are no business of a target's. */
const ASKED = new Set(["/v1/chat/completions", "/v1/responses"]);
const MOST_BODY_BYTES = 8 * 1024 * 1024;
/** Of an answer that streams, so much of its end is kept: usage stands there. */
const TAIL = 20_000;
const CHARS_PER_TOKEN = 4;

const Body = z.looseObject({ stream: z.boolean().optional(), stream_options: z.looseObject({}).optional() });

/**
 * A door to the model for programs in the sandbox: HTTP on a socket in a folder of its own. The key is added here, the
 * model is ours whatever was asked for, and requests and dollars are counted and end.
 */
export function createDoor(options: Options): ModelDoor {
  return {
    async open({ mostRequests, mostUsd, signal }) {
      const folder = await mkdtemp(join(tmpdir(), "door-"));
      const used = { requests: 0, tokens: 0, usd: 0 };
      const handle = async (request: Request): Promise<Response> => {
        const { pathname } = new URL(request.url);
        if (request.method !== "POST" || !ASKED.has(pathname))
          return refusal(404, "only the model is behind this door");
        if (used.requests >= mostRequests || used.usd >= mostUsd)
          return refusal(429, "the task's budget is spent");
        used.requests++;
        const text = await request.text();
        const body = Body.safeParse(fromJson(text));
        if (!body.success) return refusal(400, "the body is not a JSON object");
        return await forward(options, pathname, body.data, signal, (tokens) => {
          used.tokens += tokens.input + tokens.output;
          used.usd += costOf(priceOf(options.model, options.prices ?? PRICES), tokens.input, tokens.output);
        });
      };
      const socket = join(folder, "model");
      const server = Bun.serve({
        unix: socket,
        maxRequestBodySize: MOST_BODY_BYTES,
        fetch: (request) => handle(request).catch((error: unknown) => refusal(502, errorText(error))),
      });
      return {
        folder,
        socket,
        used: () => ({ ...used }),
        async close() {
          await server.stop(true);
          await rm(folder, { recursive: true, force: true });
        },
      };
    },
  };
}

const refusal = (status: number, message: string): Response =>
  Response.json({ error: { message, type: "door" } }, { status });

async function forward(
  { baseUrl, apiKey, model }: Options,
  pathname: string,
  asked: z.output<typeof Body>,
  signal: AbortSignal,
  spent: (tokens: { input: number; output: number }) => void,
): Promise<Response> {
  const chat = pathname.endsWith("/completions");
  // a stream of this kind tells its usage only where it is asked to
  const withUsage =
    asked.stream && chat ? { stream_options: { ...asked.stream_options, include_usage: true } } : {};
  const body = JSON.stringify({ ...asked, ...withUsage, model });
  const response = await fetch(`${baseUrl.replace(/\/+$/, "")}${pathname.replace(/^\/v1/, "")}`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body,
    redirect: "error",
    signal,
  });
  let [tail, length] = ["", 0];
  const reader = new TextDecoder();
  const told = () => {
    if (response.ok) spent(tokensOf(tail, body.length, length));
  };
  // a variable, since the types do not know of `cancel` yet: who hangs up has had what came until then
  const counting = {
    transform(chunk: Uint8Array, controller: TransformStreamDefaultController<Uint8Array>) {
      const text = reader.decode(chunk, { stream: true });
      length += text.length;
      tail = (tail + text).slice(-TAIL);
      controller.enqueue(chunk);
    },
    flush: told,
    cancel: told,
  };
  const counted = new TransformStream<Uint8Array, Uint8Array>(counting);
  const type = response.headers.get("content-type") ?? "application/json";
  return new Response(response.body?.pipeThrough(counted) ?? null, {
    status: response.status,
    headers: { "content-type": type },
  });
}

/** As the service says; where it does not, by the length of what went over, so that silence is not free. */
function tokensOf(tail: string, asked: number, answered: number): { input: number; output: number } {
  const last = (name: string) =>
    [...tail.matchAll(new RegExp(`"${name}_tokens"\\s*:\\s*(\\d{1,9})`, "g"))].at(-1)?.[1];
  const input = last("prompt") ?? last("input");
  const output = last("completion") ?? last("output");
  return {
    input: input === undefined ? Math.ceil(asked / CHARS_PER_TOKEN) : Number(input),
    output: output === undefined ? Math.ceil(answered / CHARS_PER_TOKEN) : Number(output),
  };
}
