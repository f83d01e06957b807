/** Bytes a text may begin with: of ASCII each by itself, all others as one. */
export const OTHERS = 128;

/** What a part of a pattern may begin with, and whether it may also match nothing. */
interface First {
  readonly bytes: Set<number>;
  empty: boolean;
}

const ALL: readonly number[] = Array.from({ length: OTHERS + 1 }, (_, byte) => byte);
const BLANKS = [9, 10, 11, 12, 13, 32, OTHERS];
const DIGITS = ALL.slice(48, 58);
const WORD = [...DIGITS, ...ALL.slice(65, 91), 95, ...ALL.slice(97, 123)];
const not = (bytes: readonly number[]): number[] =>
  ALL.filter((byte) => byte === OTHERS || !bytes.includes(byte));
const CLASSES: Readonly<Record<string, readonly number[]>> = {
  d: DIGITS,
  D: not(DIGITS),
  s: BLANKS,
  S: not(BLANKS),
  w: WORD,
  W: not(WORD),
  t: [9],
  n: [10],
  r: [13],
};

/**
 * Bytes that what a pattern matches may begin with; all of them where its beginning is not simple enough to tell.
 * A text that begins otherwise does not match, so that nothing else of it has to be looked at.
 */
export function firstsOf({ source, flags }: RegExp): ReadonlySet<number> {
  if (flags !== "") return new Set(ALL);
  const reader = new Reader(source);
  const { bytes, empty } = reader.choice("^");
  return reader.simple && !empty && reader.ended ? bytes : new Set(ALL);
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
  choice(start = ""): First {
    const all: First = { bytes: new Set(), empty: false };
    do {
      if (this.source[this.at] === "|") this.at++;
      this.simple &&= this.source.startsWith(start, this.at);
      const one = this.sequence();
      for (const byte of one.bytes) all.bytes.add(byte);
      all.empty ||= one.empty;
    } while (this.source[this.at] === "|");
    return all;
  }

  private sequence(): First {
    const all: First = { bytes: new Set(), empty: true };
    while (!this.ended && this.source[this.at] !== "|" && this.source[this.at] !== ")") {
      const one = this.term();
      if (this.mayBeNone()) one.empty = true;
      if (!all.empty) continue;
      for (const byte of one.bytes) all.bytes.add(byte);
      all.empty = one.empty;
    }
    return all;
  }

  /** One term without what says how often it comes. */
  private term(): First {
    const sign = this.source[this.at++] ?? "";
    if (sign === "(") return this.group();
    if (sign === "[") return { bytes: new Set(this.set()), empty: false };
    if (sign === "^" || sign === "$") return { bytes: new Set(), empty: true };
    if (sign === ".") return { bytes: new Set(ALL), empty: false };
    if (sign !== "\\") return { bytes: new Set([byteOf(sign)]), empty: false };
    if (/[bB]/.test(this.source[this.at] ?? "")) {
      this.at++;
      return { bytes: new Set(), empty: true };
    }
    return { bytes: new Set(this.escape()), empty: false };
  }

  private group(): First {
    const { source } = this;
    const looks = /^\?(?:=|!|<[=!])/.exec(source.slice(this.at, this.at + 3));
    if (looks !== null) this.at += looks[0].length;
    else if (source.startsWith("?:", this.at)) this.at += 2;
    else if (source[this.at] === "?") this.simple = false;
    const inside = this.choice();
    this.at++;
    // what is only looked at takes nothing
    return looks === null ? inside : { bytes: new Set(), empty: true };
  }

  private set(): readonly number[] {
    const negated = this.source[this.at] === "^";
    if (negated) this.at++;
    const bytes: number[] = [];
    for (
      let sign = this.source[this.at++];
      sign !== "]" && sign !== undefined;
      sign = this.source[this.at++]
    ) {
      const from = sign === "\\" ? this.escape() : [byteOf(sign)];
      const last = this.source[this.at + 1];
      if (this.source[this.at] !== "-" || last === "]" || last === undefined || from.length !== 1)
        bytes.push(...from);
      else {
        this.at += 2;
        const to = last === "\\" ? this.escape() : [byteOf(last)];
        bytes.push(...ALL.slice(from[0], (to[0] ?? OTHERS) + 1));
      }
    }
    return negated ? not(bytes) : bytes;
  }

  /** What stands behind a backslash. */
  private escape(): readonly number[] {
    const sign = this.source[this.at++] ?? "";
    const known = CLASSES[sign];
    if (known !== undefined) return known;
    const code = /^(?:x[\da-f]{2}|u[\da-f]{4})/i.exec(this.source.slice(this.at - 1, this.at + 4))?.[0];
    if (code === undefined) {
      if (/[a-z\d]/i.test(sign)) this.simple = false;
      return [byteOf(sign)];
    }
    this.at += code.length - 1;
    return [Math.min(OTHERS, Number.parseInt(code.slice(1), 16))];
  }

  /** Passes over what says how often the term before comes; true where that may be not at all. */
  private mayBeNone(): boolean {
    const often = /^(?:[?*+]|\{(\d+)[^}]*\})\??/.exec(this.source.slice(this.at, this.at + 12));
    if (often === null) return false;
    this.at += often[0].length;
    return /^[?*]/.test(often[0]) || often[1] === "0";
  }
}

const byteOf = (sign: string): number => Math.min(OTHERS, sign.charCodeAt(0));
