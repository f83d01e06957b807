import { createHash } from "node:crypto";

/** 32 hex digits that tell whether what is to be written equals what was written last. */
export const textDigest = (text: string): string =>
  createHash("sha256").update(text).digest("hex").slice(0, 32);
