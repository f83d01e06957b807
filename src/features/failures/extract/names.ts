/** Where beside a needle the name of a test stands. */
export type Side = "before" | "after";

/** Bytes of a name that are looked at: those next to the needle. */
const WIDTH = 8;
const ALL = (1n << 64n) - 1n;

/** One of 64 bits for a name, by what of it stands next to the needle; all of them where that takes more than a look. */
export function bitOfName(name: string, side: Side): bigint {
  const bytes = Buffer.from(name);
  if (bytes.length < WIDTH) return ALL;
  const from = side === "after" ? 0 : bytes.length - WIDTH;
  const mixed =
    Math.imul(bytes.readInt32LE(from), 0x9e3779b1) ^ Math.imul(bytes.readInt32LE(from + 4), 0x85ebca6b);
  return 1n << BigInt(mixed >>> 26);
}
