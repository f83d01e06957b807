import { createHash } from "node:crypto";

/** 32 hex digits that tell whether what is to be written equals what was written last. */
export const textDigest = (text: string): string =>
  createHash("sha256").update(text).digest("hex").slice(0, 32);

/** A number from 0 to 2^48 - 1 for a text. */
export const textNumber = (text: string): number =>
  createHash("sha256").update(text).digest().readUIntBE(0, 6);
