import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const NONCE = 12;
const TAG = 16;

const keyOf = (secret: string, purpose: string) => Buffer.from(hkdfSync("sha256", secret, "", purpose, 32));

/** Encrypts a text (AES-256-GCM) for one purpose, under a key that the secret gives; base64url. */
export function seal(secret: string, purpose: string, text: string): string {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv("aes-256-gcm", keyOf(secret, purpose), nonce);
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url");
}

/** What was sealed; null under another secret or purpose, or where it was changed. */
export function unseal(secret: string, purpose: string, sealed: string): string | null {
  try {
    const all = Buffer.from(sealed, "base64url");
    const decipher = createDecipheriv("aes-256-gcm", keyOf(secret, purpose), all.subarray(0, NONCE), {
      authTagLength: TAG,
    });
    decipher.setAuthTag(all.subarray(NONCE, NONCE + TAG));
    return Buffer.concat([decipher.update(all.subarray(NONCE + TAG)), decipher.final()]).toString("utf8");
  } catch {
    return null;
  }
}
