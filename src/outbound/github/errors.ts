import { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import { MINUTE, SECOND } from "../../kernel/clock.ts";
import { errorText, RefusedError, TransientError } from "../../kernel/errors.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import { redact } from "../../kernel/text/redact.ts";
import { retryAfterMs } from "../http/retry-after.ts";

/** What Octokit throws, as far as it is read. There is no `response` when none came. */
const Failure = z.object({
  name: z.literal("HttpError"),
  message: z.string(),
  status: z.number(),
  request: z.object({ method: z.string(), url: z.string() }),
  response: z
    .object({ headers: z.record(z.string(), z.unknown()), data: z.unknown() })
    .optional()
    .catch(undefined),
});

const Body = z.object({
  message: z.string(),
  errors: z
    .array(
      z.union([
        z.string(),
        z.object({
          resource: z.string().optional(),
          field: z.string().nullish(),
          code: z.string().optional(),
          message: z.string().optional(),
        }),
      ]),
    )
    .optional()
    .catch(undefined),
});

/** An error of ours for one of Octokit's; an unknown one stays what it is. Messages hold no secrets. */
export function githubError(error: unknown, clock: Clock): unknown {
  const parsed = Failure.safeParse(error);
  if (!parsed.success) return error;
  const { request, response, status } = parsed.data;
  const url = new URL(request.url);
  const tried = `${request.method} ${url.pathname}${url.search}`;
  if (response === undefined) {
    return new TransientError(redact(`${tried}: ${errorText(error)}`));
  }
  const header = (name: string) => {
    const value = response.headers[name];
    return value === undefined ? null : String(value);
  };
  const text = clamp(redact(`${tried}: ${status} ${said(response.data)}`), 1000);
  if (isLimited(status, text, header)) return new TransientError(text, waitMs(header, clock));
  if (status >= 500 || status === 408)
    return new TransientError(text, retryAfterMs(header("retry-after"), clock.now()));
  return new RefusedError(text, status);
}

type ReadHeader = (name: string) => string | null;

/** GitHub says 403 for a limit as for a missing right; the headers, or for its second limit the words, tell. */
const isLimited = (status: number, text: string, header: ReadHeader): boolean =>
  status === 429 ||
  (status === 403 &&
    (header("retry-after") !== null ||
      header("x-ratelimit-remaining") === "0" ||
      /secondary rate limit|abuse detection/i.test(text)));

function waitMs(header: ReadHeader, clock: Clock): number {
  const now = clock.now();
  const asked = retryAfterMs(header("retry-after"), now);
  if (asked !== null) return asked;
  const reset = Number(header("x-ratelimit-reset") ?? Number.NaN);
  if (header("x-ratelimit-remaining") !== "0" || !Number.isFinite(reset)) return MINUTE;
  return Math.max(SECOND, reset * 1000 - now.getTime());
}

function said(data: unknown): string {
  const body = Body.safeParse(data);
  if (!body.success) return typeof data === "string" ? clamp(data.replace(/\s+/g, " "), 200) : "";
  const details = (body.data.errors ?? []).map((error) =>
    typeof error === "string"
      ? error
      : [error.resource, error.field, error.code, error.message].filter(Boolean).join(" "),
  );
  return [body.data.message, ...details].join("; ");
}
