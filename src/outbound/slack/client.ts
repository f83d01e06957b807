import { type Logger, LogLevel, WebClient } from "@slack/web-api";
import type { z } from "zod";
import { type Clock, SECOND } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import { understood } from "../http/understood.ts";
import { slackError } from "./errors.ts";

export interface SlackOptions {
  apiUrl: string;
  botToken: string;
  clock: Clock;
  log: Log;
  /** Longest time for one call, ms. */
  timeoutMs?: number;
}

/** Calls a method of the Web API once and gives the answer in the form asked for. */
export type Call = <S extends z.ZodType>(
  method: string,
  schema: S,
  send: (client: WebClient) => Promise<unknown>,
) => Promise<z.output<S>>;

/** The Web API, one attempt for each call: who sends something twice has to look first. */
export function createCall(options: SlackOptions): Call {
  const client = new WebClient(options.botToken, {
    slackApiUrl: options.apiUrl,
    retryConfig: { retries: 0 },
    timeout: options.timeoutMs ?? 10 * SECOND,
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: quietLogger(options.log),
  });
  return async (method, schema, send) => {
    let answer: unknown;
    try {
      answer = await send(client);
    } catch (error) {
      throw slackError(error, method, options.clock);
    }
    return understood(schema, method, answer);
  };
}

/** Faults are thrown as well and judged by whoever catches them; the client's debug lines hold what people wrote. */
function quietLogger(log: Log): Logger {
  const say = (...parts: unknown[]) => log.debug({}, `slack ${parts.map(String).join(" ")}`);
  return {
    debug: () => {},
    info: say,
    warn: say,
    error: say,
    setLevel: () => {},
    getLevel: () => LogLevel.WARN,
    setName: () => {},
  };
}
