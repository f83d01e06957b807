import { APIError } from "openai";
import type { Clock } from "../../kernel/clock.ts";
import { errorText, RefusedError, TransientError } from "../../kernel/errors.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import { redact } from "../../kernel/text/redact.ts";
import { retryAfterMs } from "../http/retry-after.ts";

/** An error of ours for one of the client's; no answer at all is taken for a fault of the network. */
export function modelError(error: unknown, clock: Clock): Error {
  const message = clamp(redact(`model: ${errorText(error)}`), 1000);
  if (!(error instanceof APIError) || error.status === undefined) return new TransientError(message);
  const passing = error.status === 429 || error.status === 408 || error.status >= 500;
  if (!passing) return new RefusedError(message, error.status);
  return new TransientError(message, waitMs(error.headers, clock));
}

function waitMs(headers: Headers | undefined, clock: Clock): number | null {
  const ms = Number(headers?.get("retry-after-ms") || Number.NaN);
  return Number.isFinite(ms) ? Math.max(0, ms) : retryAfterMs(headers?.get("retry-after"), clock.now());
}
