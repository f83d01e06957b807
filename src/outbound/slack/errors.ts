import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError } from "@slack/web-api";
import { z } from "zod";
import { type Clock, SECOND } from "../../kernel/clock.ts";
import { errorText, RefusedError, TransientError } from "../../kernel/errors.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import { redact } from "../../kernel/text/redact.ts";
import { retryAfterMs } from "../http/retry-after.ts";

/** Codes that mean Slack, not the request, is at fault. */
const PASSING = new Set([
  "ratelimited",
  "rate_limited",
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
  "team_added_to_org",
]);

/** Codes for what is not there, or not any more. */
const MISSING = new Set(["message_not_found", "thread_not_found"]);

/** Slack's refusal with its code, such as `message_not_found`. */
export class SlackRefusal extends RefusedError {
  override name = "SlackRefusal";
  constructor(
    message: string,
    readonly code: string,
  ) {
    // what is not there is said as GitHub says it
    super(message, MISSING.has(code) ? 404 : null);
  }
}

const More = z.object({
  error: z.string(),
  needed: z.string().optional(),
  response_metadata: z
    .object({ messages: z.array(z.string()).optional(), retryAfter: z.number().optional() })
    .optional(),
});

/** An error of ours for one of the client's; `method` says what was tried. */
export function slackError(error: unknown, method: string, clock: Clock): Error {
  const text = (said: string) => clamp(redact(`${method}: ${said}`), 1000);
  if (error instanceof WebAPIRateLimitedError)
    return new TransientError(text("ratelimited"), error.retryAfter * SECOND);
  if (error instanceof WebAPIHTTPError) {
    const message = text(`${error.statusCode} ${error.statusMessage}`);
    if (error.statusCode >= 400 && error.statusCode < 500 && error.statusCode !== 408)
      return new RefusedError(message, error.statusCode);
    return new TransientError(message, retryAfterMs(error.headers["retry-after"], clock.now()));
  }
  if (error instanceof WebAPIPlatformError) return platformError(error, text);
  return new TransientError(text(errorText(error)));
}

function platformError(error: WebAPIPlatformError, text: (said: string) => string): Error {
  const parsed = More.safeParse(error.data);
  // the client puts a body that is no JSON where the code would be
  if (!parsed.success || !/^[a-z_]+$/.test(parsed.data.error))
    return new TransientError(text("the answer is not Slack's"));
  const { error: code, needed, response_metadata } = parsed.data;
  const said = [code, needed && `needs the scope ${needed}`, ...(response_metadata?.messages ?? [])];
  const message = text(said.filter(Boolean).join("; "));
  if (!PASSING.has(code)) return new SlackRefusal(message, code);
  const seconds = response_metadata?.retryAfter;
  return new TransientError(message, seconds === undefined ? null : seconds * SECOND);
}

/** True when Slack refused with one of these codes. */
export const refusedAs = (error: unknown, ...codes: string[]): boolean =>
  error instanceof SlackRefusal && codes.includes(error.code);
