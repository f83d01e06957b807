import { createHmac } from "node:crypto";
import { sameSecret } from "../kernel/secret.ts";

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
