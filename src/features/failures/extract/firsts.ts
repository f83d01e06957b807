/** Bytes a text may begin with: of ASCII each by itself, all others as one. */
export const OTHERS = 128;

/** Some of these bytes, a bit for each. */
export type Bytes = bigint;

/** How texts that a pattern matches may begin. */
export interface Beginnings {
  /** Their first byte. */
  readonly first: Bytes;
  /** Of those that begin with blanks the first byte that is none. */
  readonly behindBlanks: Bytes;
}

/**
 * The same of a part of a pattern: what it may begin with, also apart from blanks, whether it may match nothing, and
 * whether it may match blanks alone.
 */
interface Part {
  first: Bytes;
  shown: Bytes;
  empty: boolean;
  blank: boolean;
}

const bit = (byte: number): Bytes => 1n << BigInt(byte);
/** The bytes from one to another. */
const span = (from: number, to: number): Bytes => (to < from ? 0n : bit(to + 1) - bit(from));
const ALL = span(0, OTHERS);
const DIGITS = span(48, 57);
const WORD = DIGITS | span(65, 90) | bit(95) | span(97, 122);
/** Those that texts of bytes have; others, as the one that does not break, are among `OTHERS`. */
const BLANKS = span(9, 13) | bit(32);
const SPACES = BLANKS | bit(OTHERS);
const not = (bytes: Bytes): Bytes => (ALL & ~bytes) | bit(OTHERS);
const CLASSES: Readonly<Record<string, Bytes>> = {
  d: DIGITS,
  D: not(DIGITS),
  s: SPACES,
  S: not(SPACES),
  w: WORD,
  W: not(WORD),
  t: bit(9),
  n: bit(10),
  r: bit(13),
};

/** One of some bytes. */
const oneOf = (bytes: Bytes): Part => ({
  first: bytes,
  shown: bytes & ~BLANKS,
  empty: false,
  blank: (bytes & BLANKS) !== 0n,
});
/** What matches without taking anything. */
const nothing = (): Part => ({ first: 0n, shown: 0n, empty: true, blank: true });

/**
 * How what a pattern matches may begin; with all bytes where its beginning is not simple enough to tell. A text that
 * begins otherwise does not match, so that nothing else of it has to be looked at.
 */
export function beginningsOf({ source, flags }: RegExp): Beginnings {
  const reader = new Reader(source);
  const part = reader.choice("^");
  if (flags !== "" || !reader.simple || !reader.ended || part.empty) return { first: ALL, behindBlanks: ALL };
  const behind = part.blank ? ALL : part.shown;
  return { first: part.first, behindBlanks: (part.first & BLANKS) === 0n ? 0n : behind };
}

class Reader {
  /** Whether everything so far was understood. */
  simple = true;
  private at = 0;
  constructor(private readonly source: string) {}

  get ended(): boolean {
    return this.at >= this.source.length;
  }

  /** Alternatives, up to the end or the parenthesis that closes them; each has to begin with `start`. */
  choice(start = ""): Part {
    const all: Part = { first: 0n, shown: 0n, empty: false, blank: false };
    do {
      if (this.source[this.at] === "|") this.at++;
      this.simple &&= this.source.startsWith(start, this.at);
      const one = this.sequence();
      all.first |= one.first;
      all.shown |= one.shown;
      all.empty ||= one.empty;
      all.blank ||= one.blank;
    } while (this.source[this.at] === "|");
    return all;
  }

  private sequence(): Part {
    const all = nothing();
    while (!this.ended && this.source[this.at] !== "|" && this.source[this.at] !== ")") {
      const one = this.term();
      const none = this.mayBeNone();
      if (all.empty) all.first |= one.first;
      if (all.blank) all.shown |= one.shown;
      all.empty &&= one.empty || none;
      all.blank &&= one.blank || none;
    }
    return all;
  }

  /** One term without what says how often it comes. */
  private term(): Part {
    const sign = this.source[this.at++] ?? "";
    if (sign === "(") return this.group();
    if (sign === "[") return oneOf(this.set());
    if (sign === "^" || sign === "$") return nothing();
    if (sign === ".") return oneOf(ALL);
    if (sign !== "\\") return oneOf(bit(byteOf(sign)));
    if (/[bB]/.test(this.source[this.at] ?? "")) {
      this.at++;
      return nothing();
    }
    return oneOf(this.escape());
  }

  private group(): Part {
    const { source } = this;
    const looks = /^\?(?:=|!|<[=!])/.exec(source.slice(this.at, this.at + 3));
    if (looks !== null) this.at += looks[0].length;
    else if (source.startsWith("?:", this.at)) this.at += 2;
    else if (source[this.at] === "?") this.simple = false;
    const inside = this.choice();
    this.at++;
    // what is only looked at takes nothing
    return looks === null ? inside : nothing();
  }

  private set(): Bytes {
    const negated = this.source[this.at] === "^";
    if (negated) this.at++;
    let bytes = 0n;
    for (
      let sign = this.source[this.at++];
      sign !== "]" && sign !== undefined;
      sign = this.source[this.at++]
    ) {
      const from = sign === "\\" ? this.escape() : bit(byteOf(sign));
      const last = this.source[this.at + 1];
      bytes |= from;
      if (this.source[this.at] !== "-" || last === "]" || last === undefined || !isOne(from)) continue;
      this.at += 2;
      // from the lowest bit of one up to the other
      const to = last === "\\" ? this.escape() : bit(byteOf(last));
      bytes |= isOne(to) && to >= from ? (to << 1n) - from : ALL;
    }
    return negated ? not(bytes) : bytes;
  }

  /** What stands behind a backslash. */
  private escape(): Bytes {
    const sign = this.source[this.at++] ?? "";
    const known = CLASSES[sign];
    if (known !== undefined) return known;
    const code = /^(?:x[\da-f]{2}|u[\da-f]{4})/i.exec(this.source.slice(this.at - 1, this.at + 4))?.[0];
    if (code === undefined) {
      if (/[a-z\d]/i.test(sign)) this.simple = false;
      return bit(byteOf(sign));
    }
    this.at += code.length - 1;
    return bit(Math.min(OTHERS, Number.parseInt(code.slice(1), 16)));
  }

  /** Passes over what says how often the term before comes; true where that may be not at all. */
  private mayBeNone(): boolean {
    const often = /^(?:[?*+]|\{(\d+)[^}]*\})\??/.exec(this.source.slice(this.at, this.at + 12));
    if (often === null) return false;
    this.at += often[0].length;
    return /^[?*]/.test(often[0]) || often[1] === "0";
  }
}

const isOne = (bytes: Bytes): boolean => (bytes & (bytes - 1n)) === 0n;
const byteOf = (sign: string): number => Math.min(OTHERS, sign.charCodeAt(0));
