import { createHash, createHmac, timingSafeEqual } from "node:crypto";

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Compares two secrets in a time that tells nothing of either, not even their length. */
export const sameSecret = (one: string, other: string): boolean =>
  timingSafeEqual(digest(one), digest(other));

/** The token of an `Authorization: Bearer …` header; null for any other header. */
export const bearerOf = (header: string | undefined): string | null =>
  /^bearer +(\S+) *$/i.exec(header ?? "")?.[1] ?? null;

const sign = (secret: string, until: number): string =>
  createHmac("sha256", secret).update(`console session until ${until}`).digest("base64url");

/** A cookie value that proves until `until` that its holder knew the secret, without holding it. */
export function sealSession(secret: string, until: Date): string {
  const seconds = Math.floor(until.getTime() / 1000);
  return `${seconds}.${sign(secret, seconds)}`;
}

/** True for a value that `sealSession` made with the same secret and that still holds. */
export function sessionHolds(secret: string, value: string, now: Date): boolean {
  const [, seconds, proof] = /^(\d{1,12})\.([\w-]{43})$/.exec(value) ?? [];
  if (seconds === undefined || proof === undefined) return false;
  return sameSecret(proof, sign(secret, Number(seconds))) && Number(seconds) * 1000 > now.getTime();
}
