/** Shortest needle, in bytes of UTF-8; the search skips up to one byte less per step. */
export const WINDOW = 5;

/** How often letters occur in English, in tenths of a percent; order of `a` to `z`. */
const LETTERS = [
  82, 15, 28, 43, 127, 22, 20, 61, 70, 2, 8, 40, 24, 67, 75, 19, 1, 60, 63, 91, 28, 10, 24, 2, 20, 1,
];

/** Rough share of a byte in a log. */
function share(byte: number): number {
  if (byte >= 0x61 && byte <= 0x7a) return LETTERS[byte - 0x61] ?? 1;
  if (byte === 0x20) return 120;
  if (byte >= 0x30 && byte <= 0x39) return 40;
  if (byte >= 0x80) return 1;
  if (byte === 0x2d || byte === 0x2e || byte === 0x2f || byte === 0x3d) return 25;
  return 6;
}

const SHARES = Uint8Array.from({ length: 256 }, (_, byte) => share(byte));

/**
 * Finds many literals at once in bytes (Wu and Manber's skip table over pairs of bytes). It is what
 * makes reading a log cheap: lines without a needle are never decoded.
 */
export class NeedleSearch {
  /** Indexes of the needles that the last `search` found, by where their windows end. */
  readonly found: number[] = [];
  /** Where each of them begins. */
  readonly starts: number[] = [];
  private readonly skips = new Uint8Array(65536).fill(WINDOW - 1);
  private readonly slots = new Uint16Array(65536);
  /** Pairs that a window begins with: spares most looks at needles that only end alike. */
  private readonly beginnings = new Uint8Array(65536);
  private readonly chains: number[][] = [[]];
  private readonly bytes: Uint8Array[] = [];
  private readonly offsets: number[] = [];

  /** Throws when a needle is shorter than the window: it would match too often to be of use. */
  constructor(needles: readonly string[]) {
    const encoder = new TextEncoder();
    needles.forEach((needle, index) => {
      const bytes = encoder.encode(needle);
      if (bytes.length < WINDOW) throw new Error(`needle ${JSON.stringify(needle)} is under ${WINDOW} bytes`);
      const offset = this.bestWindow(bytes);
      this.bytes.push(bytes);
      this.offsets.push(offset);
      this.enter(bytes, offset, index);
    });
  }

  /** Offset of the window whose pairs are the rarest, those already in the table being free. */
  private bestWindow(bytes: Uint8Array): number {
    const { skips } = this;
    let best = 0;
    let lowest = Number.POSITIVE_INFINITY;
    // plain and cut short: it runs at each start, before anything is compiled
    for (let at = 0; at + WINDOW <= bytes.length; at++) {
      let cost = 0;
      for (let i = 0; i < WINDOW - 1 && cost < lowest; i++) {
        const first = bytes[at + i] ?? 0;
        const second = bytes[at + i + 1] ?? 0;
        const gain = (skips[(first << 8) | second] ?? 0) - (WINDOW - 2 - i);
        if (gain > 0) cost += (SHARES[first] ?? 0) * (SHARES[second] ?? 0) * gain;
      }
      if (cost < lowest) {
        best = at;
        lowest = cost;
      }
    }
    return best;
  }

  private enter(bytes: Uint8Array, offset: number, index: number): void {
    this.beginnings[((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0)] = 1;
    for (let i = 0; i < WINDOW - 1; i++) {
      const pair = ((bytes[offset + i] ?? 0) << 8) | (bytes[offset + i + 1] ?? 0);
      const skip = WINDOW - 2 - i;
      this.skips[pair] = Math.min(this.skips[pair] ?? 0, skip);
      if (skip > 0) continue;
      const slot = this.slots[pair] || this.chains.push([]) - 1;
      this.slots[pair] = slot;
      this.chains[slot]?.push(index);
    }
  }

  /** Finds all needles that lie between `from` and `to`, into `found` and `starts`. */
  search(buffer: Uint8Array, from: number, to: number): void {
    this.found.length = 0;
    this.starts.length = 0;
    const { skips, beginnings } = this;
    for (let at = from + WINDOW - 1; at < to; ) {
      // at is within the buffer, so the fallbacks never apply
      const pair = ((buffer[at - 1] ?? 0) << 8) | (buffer[at] ?? 0);
      const skip = skips[pair] ?? 0;
      if (skip > 0) {
        at += skip;
        continue;
      }
      const window = at - WINDOW + 1;
      if (beginnings[((buffer[window] ?? 0) << 8) | (buffer[window + 1] ?? 0)] !== 0)
        for (const index of this.chains[this.slots[pair] ?? 0] ?? [])
          this.verify(buffer, index, window, from, to);
      at++;
    }
  }

  private verify(buffer: Uint8Array, index: number, window: number, from: number, to: number): void {
    const needle = this.bytes[index];
    const start = window - (this.offsets[index] ?? 0);
    if (needle === undefined || start < from || start + needle.length > to) return;
    let i = 0;
    while (i < needle.length && buffer[start + i] === needle[i]) i++;
    if (i < needle.length) return;
    this.found.push(index);
    this.starts.push(start);
  }
}
