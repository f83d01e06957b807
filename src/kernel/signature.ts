import { createHmac, timingSafeEqual } from "node:crypto";

/** How far the two clocks may be apart, ms. */
const WINDOW_MS = 5 * 60 * 1000;

/** A request between the service and a node: what its signature stands for. */
export interface Signed {
  /** Seconds since 1970, in decimal. */
  time: string;
  method: string;
  path: string;
  body: string;
}

/** HMAC-SHA-256 of a request, in hex; the shared secret itself never travels. */
export const sign = (secret: string, { time, method, path, body }: Signed): string =>
  createHmac("sha256", secret).update(`${time}\n${method}\n${path}\n${body}`).digest("hex");

/** Whether a request was signed with the secret within five minutes of now. */
export function isSigned(secret: string, asked: Signed, signature: string, now: Date): boolean {
  if (!/^\d{1,12}$/.test(asked.time)) return false;
  if (Math.abs(now.getTime() - Number(asked.time) * 1000) > WINDOW_MS) return false;
  const [given, expected] = [Buffer.from(signature), Buffer.from(sign(secret, asked))];
  return given.length === expected.length && timingSafeEqual(given, expected);
}
