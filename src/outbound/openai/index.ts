import OpenAI from "openai";
import { z } from "zod";
import { type Clock, MINUTE } from "../../kernel/clock.ts";
import { RefusedError, TransientError } from "../../kernel/errors.ts";
import type { Log } from "../../kernel/log.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import type { Model, ModelReply } from "../../ports/model.ts";
import { understood } from "../http/understood.ts";
import { modelError } from "./errors.ts";
import { costOf, PRICES, type Price, priceOf } from "./prices.ts";
import { completionRequest } from "./request.ts";

export { createDoor } from "./door.ts";
export { PRICES, type Price } from "./prices.ts";

export interface ModelOptions {
  baseUrl: string;
  apiKey: string;
  model: string;
  clock: Clock;
  log: Log;
  /** Prices by model; the list prices when left out. */
  prices?: Readonly<Record<string, Price>>;
  /** Longest time for one answer, ms. */
  timeoutMs?: number;
}

const Completion = z.object({
  model: z.string(),
  choices: z.array(
    z.object({
      message: z.object({
        content: z.string().nullish(),
        refusal: z.string().nullish(),
        tool_calls: z
          .array(
            z.object({
              id: z.string(),
              type: z.literal("function").default("function"),
              function: z.object({ name: z.string(), arguments: z.string() }),
            }),
          )
          .nullish(),
      }),
    }),
  ),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish(),
});

/** A model behind any service that speaks Chat Completions; one attempt for each question. */
export function createModel(options: ModelOptions): Model {
  const { clock, log, prices = PRICES } = options;
  // what is left out here the client would read from the environment
  const client = new OpenAI({
    apiKey: options.apiKey,
    baseURL: options.baseUrl,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: "off",
    maxRetries: 0,
    timeout: options.timeoutMs ?? 2 * MINUTE,
  });
  if (priceOf(options.model, prices) === null)
    log.warn({ model: options.model }, "the price of the model is not known: its cost counts as 0");
  return {
    async ask(request) {
      const started = clock.now().getTime();
      const body = completionRequest(options.model, request);
      const { signal } = request;
      let answer: unknown;
      try {
        answer = await client.chat.completions.create(body, signal === undefined ? {} : { signal });
      } catch (error) {
        signal?.throwIfAborted();
        throw modelError(error, clock);
      }
      const reply = toReply(understood(Completion, "model", answer), options.model, prices);
      const ms = clock.now().getTime() - started;
      log.debug({ purpose: request.purpose, model: reply.model, ms, ...reply.usage }, "model answered");
      return reply;
    },
  };
}

function toReply(
  completion: z.output<typeof Completion>,
  asked: string,
  prices: Readonly<Record<string, Price>>,
): ModelReply {
  const message = completion.choices[0]?.message;
  if (message?.refusal) throw new RefusedError(`the model declined: ${clamp(message.refusal, 300)}`);
  const calls = message?.tool_calls ?? [];
  if (message === undefined || (!message.content && calls.length === 0))
    throw new TransientError("the model answered nothing");
  const inputTokens = completion.usage?.prompt_tokens ?? 0;
  const outputTokens = completion.usage?.completion_tokens ?? 0;
  const price = priceOf(completion.model, prices) ?? priceOf(asked, prices);
  return {
    text: message.content || null,
    toolCalls: calls.map((call) => ({
      id: call.id,
      name: call.function.name,
      arguments: call.function.arguments,
    })),
    usage: { inputTokens, outputTokens, usd: costOf(price, inputTokens, outputTokens) },
    model: completion.model,
  };
}
