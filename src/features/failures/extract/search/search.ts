import { readFileSync } from "node:fs";
import type { Beginnings } from "../firsts.ts";
import type { Side } from "../names.ts";
import { BEGINNINGS, LAYOUT } from "./image.ts";

/** What `search.wat` exports. */
interface Kernel {
  readonly memory: WebAssembly.Memory;
  search(from: number, to: number, most: number): number;
  stopped(): number;
  lines(): number;
  passed(): number;
  passedLines(): number;
  line(from: number, to: number): void;
  lineStart(at: number, floor: number): number;
}

/** Made of `search.wat` by `bun bench/search.ts`; without a compiler at hand, and nothing to build at a start. */
const compiled = new WebAssembly.Module(readFileSync(new URL("./search.wasm", import.meta.url)));

/** What a line may hold that takes a closer look. */
export const WIDE = 1;
export const ODD = 2;
export const RETURNS = 4;
export const STRANGE = 8;

/** Bytes of a mask of beginnings, and the one that is set where they are known. */
const MASK = 17;
const KNOWN = 31;
/** On which side of the literal names stand, and their bits. */
const SIDE = 30;
const NAMES = 56;

/** In which texts a literal matters: by their beginnings, or by the name that stands beside it. */
export interface Wanted extends Beginnings {
  /** Bits of names, as `bitOfName` has them. */
  readonly names?: { readonly side: Side; readonly bits: bigint } | undefined;
}

/** Hits after which a search stops: the step under way, and each literal at one place, must still have room. */
const MOST = 1500;
/** The last bytes of a memory stay free: a step reads them when it is at the end. */
const SLACK = 32;

/**
 * Literals looked for in bytes that lie in its own memory, from `begin` up to `end`. Nothing is copied: who
 * reads a log reads it into `bytes`.
 */
export class Search {
  /** The whole memory; places are counted from its beginning. */
  readonly bytes: Buffer<ArrayBuffer>;
  readonly begin: number = LAYOUT.bytes;
  readonly end: number;
  /** How many hits the last search had, and where it stopped: before its end where they were too many. */
  count = 0;
  stopped = 0;
  /** Lines ended up to there. */
  lines = 0;
  /** Where the last literal was that did not matter, with the lines ended before it; 0 where none was. */
  passed = 0;
  passedLines = 0;
  private readonly kernel: Kernel;
  private readonly hits: Int32Array;
  private readonly told: Int32Array;
  private readonly beginnings: Uint8Array;

  /** `image` is what `imageOf` made of the literals. */
  constructor(image: Uint8Array) {
    const { exports } = new WebAssembly.Instance(compiled);
    this.kernel = exports as unknown as Kernel; // a test compares the module with its source
    // a module without `shared` has memory of this kind
    const buffer = this.kernel.memory.buffer as ArrayBuffer;
    this.bytes = Buffer.from(buffer);
    this.bytes.set(image);
    this.end = buffer.byteLength - SLACK;
    this.hits = new Int32Array(buffer, LAYOUT.hits, (LAYOUT.line - LAYOUT.hits) / 4);
    this.told = new Int32Array(buffer, LAYOUT.line, 4);
    this.beginnings = new Uint8Array(buffer, LAYOUT.beginnings, LAYOUT.bytes - LAYOUT.beginnings);
  }

  /** Whether it is known in which texts a literal matters. */
  knows(literal: number): boolean {
    return this.beginnings[literal * BEGINNINGS + KNOWN] !== 0;
  }

  /** From now on a literal matters only where it is said. */
  learn(literal: number, { first, behindBlanks, names }: Wanted): void {
    const at = literal * BEGINNINGS;
    const { beginnings } = this;
    for (let byte = 0; byte < MASK; byte++) {
      const places = BigInt(byte * 8);
      beginnings[at + byte] = Number((first >> places) & 255n);
      beginnings[at + BEGINNINGS / 2 + byte] = Number((behindBlanks >> places) & 255n);
    }
    if (names !== undefined) {
      beginnings[at + SIDE] = names.side === "before" ? 1 : 2;
      for (let byte = 0; byte < 8; byte++)
        beginnings[at + NAMES + byte] = Number((names.bits >> BigInt(byte * 8)) & 255n);
    }
    beginnings[at + KNOWN] = 1;
  }

  /** Every literal matters in every text again. */
  forget(): void {
    this.beginnings.fill(0);
  }

  /** Finds the literals between two places that matter. */
  search(from: number, to: number): void {
    this.count = this.kernel.search(from, to, MOST);
    this.stopped = this.kernel.stopped();
    this.lines = this.kernel.lines();
    this.passed = this.kernel.passed();
    this.passedLines = this.kernel.passedLines();
  }

  /** Where a hit begins. */
  startOf(hit: number): number {
    return this.hits[hit * 3] ?? 0;
  }

  /** Index of the literal. */
  literalOf(hit: number): number {
    return this.hits[hit * 3 + 1] ?? 0;
  }

  /** Lines ended before it since the search's beginning. */
  linesBefore(hit: number): number {
    return this.hits[hit * 3 + 2] ?? 0;
  }

  /** Looks through the line at `from`; `lineEnd`, `textStart`, `textEnd` and `traits` tell of it. */
  line(from: number, to: number): void {
    this.kernel.line(from, to);
  }

  /** Place of the newline that ends it, or `to`. */
  get lineEnd(): number {
    return this.told[0] ?? 0;
  }

  /** Where its text begins, after a time stamp. */
  get textStart(): number {
    return this.told[1] ?? 0;
  }

  /** Where its text ends, without the blanks at its end. */
  get textEnd(): number {
    return this.told[2] ?? 0;
  }

  /** `WIDE` where it holds bytes that are not ASCII, `ODD` where it may hold escapes, `STRANGE` where its beginning takes a closer look, `RETURNS` where versions overwrite one another. */
  get traits(): number {
    return this.told[3] ?? 0;
  }

  /** Where the line begins that holds the place before `at`, but not before `floor`. */
  lineStart(at: number, floor: number): number {
    return this.kernel.lineStart(at, floor);
  }
}
