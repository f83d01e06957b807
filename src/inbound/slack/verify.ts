import { createHmac, timingSafeEqual } from "node:crypto";
import { SECOND } from "../../kernel/clock.ts";

const WINDOW_MS = 5 * 60 * SECOND;

/**
 * Whether a request was signed by Slack with our secret and is at most five minutes off, either way.
 * @param headers `x-slack-signature` and `x-slack-request-timestamp` as they came.
 */
export function signedBySlack(
  secret: string,
  headers: { signature: string | undefined; timestamp: string | undefined },
  body: string,
  now: Date,
): boolean {
  const { signature, timestamp } = headers;
  if (signature === undefined || timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now.getTime() - Number(timestamp) * SECOND) > WINDOW_MS) return false;
  const expected = Buffer.from(
    `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex")}`,
  );
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
