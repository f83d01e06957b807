import { FINGERPRINTS } from "./fingerprints.ts";

/** Where the parts lie in the search's memory, in bytes; `search.wat` has the same figures and says what they are. */
export const LAYOUT = {
  heads: 256,
  literals: 8448,
  texts: 16_640,
  hits: 33_024,
  line: 65_504,
  beginnings: 65_536,
  bytes: 131_072,
} as const;

const WIDTH = 4;
/** Bytes that say of a literal in which texts it matters. */
export const BEGINNINGS = 64;
const MAX_LITERALS = (LAYOUT.texts - LAYOUT.literals) / 8;

/** The search's tables for some literals: the first bytes of its memory. Plain loops: it runs at each start. */
export function imageOf(literals: readonly string[], groups = FINGERPRINTS): Uint8Array {
  if (literals.length > MAX_LITERALS) throw new Error(`over ${MAX_LITERALS} needles`);
  const image = new Uint8Array(LAYOUT.hits);
  const small = new Uint16Array(image.buffer);
  const addresses = new Uint32Array(image.buffer);
  const groupOf = new Map<number, number>();
  for (let group = 0; group < groups.length; group++)
    for (const text of groups[group] ?? []) groupOf.set(keyAt(Buffer.from(text), 0), group);
  let end: number = LAYOUT.texts;
  for (let index = 0; index < literals.length; index++) {
    const bytes = Buffer.from(literals[index] ?? "");
    if (bytes.length <= WIDTH)
      throw new Error(`needle ${JSON.stringify(literals[index])} has under ${WIDTH + 1} bytes`);
    if (bytes.length > 255 || end + bytes.length > LAYOUT.hits) throw new Error("needles are too long");
    const place = placeOf(bytes, groupOf);
    const key = keyAt(bytes, place);
    enterGroup(image, bytes, place, groupOf.get(key) ?? Math.abs(key % groups.length));
    const entry = LAYOUT.literals + index * 8;
    const head = (LAYOUT.heads >> 1) + (Math.imul(key, 0x9e3779b1) >>> 20);
    addresses[entry >> 2] = end;
    image[entry + 4] = bytes.length;
    image[entry + 5] = place;
    small[(entry + 6) >> 1] = small[head] ?? 0;
    small[head] = index + 1;
    image.set(bytes, end);
    end += bytes.length;
  }
  return image;
}

/** Four bytes as one number, of 32 bits with a sign. */
const keyAt = (bytes: Uint8Array, at: number): number =>
  (bytes[at] ?? 0) |
  ((bytes[at + 1] ?? 0) << 8) |
  ((bytes[at + 2] ?? 0) << 16) |
  ((bytes[at + 3] ?? 0) << 24);

/** Place of a literal's fingerprint; one that has none of the chosen ones is told by its first bytes. */
function placeOf(bytes: Uint8Array, groupOf: ReadonlyMap<number, number>): number {
  for (let at = 0; at + WIDTH <= bytes.length; at++) if (groupOf.has(keyAt(bytes, at))) return at;
  return 0;
}

/** Notes in a group's tables that it has a fingerprint. */
function enterGroup(image: Uint8Array, bytes: Uint8Array, from: number, group: number): void {
  for (let place = 0; place < WIDTH; place++) {
    const byte = bytes[from + place] ?? 0;
    const table = (group >> 3) * 128 + place * 32;
    const bit = 1 << (group & 7);
    image[table + (byte & 15)] = (image[table + (byte & 15)] ?? 0) | bit;
    image[table + 16 + (byte >> 4)] = (image[table + 16 + (byte >> 4)] ?? 0) | bit;
  }
}
