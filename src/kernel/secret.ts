import { createHash, timingSafeEqual } from "node:crypto";

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Compares in a time that tells nothing, not even of lengths; a secret that is not configured matches nothing. */
export const sameSecret = (given: string | undefined, secret: string | undefined): boolean =>
  given !== undefined &&
  secret !== undefined &&
  secret !== "" &&
  timingSafeEqual(digest(given), digest(secret));

/** The token of an `Authorization: Bearer …` header; undefined for any other header. */
export const bearerOf = (header: string | undefined): string | undefined =>
  /^bearer +(\S+) *$/i.exec(header ?? "")?.[1];
