import { cleanLine, mayBePrefixed, segments, withoutPrefix } from "./line.ts";
import { giveBack, NEEDLES, takeSearch } from "./needles.ts";
import { RETURNS, type Search, type Wanted, WIDE } from "./search/search.ts";
import { spareMethods } from "./tiers.ts";

/** What a line feed hands its lines to. */
export interface LineReader {
  /** Whether lines without a needle are wanted at the moment. */
  readonly reading: boolean;
  /** Where a needle matters; undefined where it always does. */
  wanted(needle: number): Wanted | undefined;
  /** Grows when that changes. */
  readonly woken: number;
  /** One line, `needles` being those it holds; `before` gives the lines above it, cleaned. */
  line(text: string, number: number, needles: readonly number[], before: (distance: number) => string): void;
  /** One line that was overwritten, in its versions; the last one was left on the screen. */
  versions(
    texts: readonly string[],
    number: number,
    needles: readonly number[],
    before: (distance: number) => string,
  ): void;
}

const NEWLINE = 10;
const RETURN = 13;
/** Longest line that is decoded; the rest of it is only searched. */
const MAX_LINE = 8192;
/** Bytes kept from before the current position, for lines above a failure. */
const HISTORY = 64 * 1024;
/** A line without an end is cut here, so that a log of one endless line needs no memory. */
const MAX_OPEN_LINE = 128 * 1024;
/** Bytes that the next ones should at least find room for. */
const ROOM = 64 * 1024;
/** Most needles of one line that are told apart. */
const MAX_NEEDLES = 64;
const NO_NEEDLES: readonly number[] = [];
/** Lists of one needle, which most lines have that have any. */
const ONE_NEEDLE: readonly (readonly number[])[] = NEEDLES.map((_, needle) => [needle]);

/** What `toString` looks up anew each time, which takes as long as the reading itself. */
interface Slices {
  latin1Slice(from: number, to: number): string;
  utf8Slice(from: number, to: number): string;
}

/** Cuts bytes into lines and passes on those that matter. */
export class LineFeed {
  /** Lines ended so far. */
  lines = 0;
  /** Number of the last line that held a needle or was waited for. */
  last = 0;
  /** Given back at the end. */
  private readonly search: Search = takeSearch();
  // Buffers have them, their types do not
  private readonly buffer = this.search.bytes as Buffer<ArrayBuffer> & Slices;
  /** The log's bytes that are held lie from `begin` to `length`; those from `position` on are to be handled. */
  private readonly begin = this.search.begin;
  private length = this.begin;
  private position = this.begin;
  private skipping = false;
  /** Where the line handed over and those above it begin, as far as was asked. */
  private readonly above: number[] = [];
  /** What `woken` was when the search began to learn which needles matter. */
  private woken = 0;
  /** The first of the needles found that lies in no line handled yet. */
  private hit = 0;

  constructor(private readonly reader: LineReader) {
    spareMethods(this);
    spareMethods(this.search);
  }

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      at += this.fill((room) => {
        const size = Math.min(chunk.length - at, room.length);
        room.set(chunk.subarray(at, at + size));
        return size;
      });
    }
  }

  /** Has the next bytes written where they are needed; `write` says how many there were, as this does. */
  fill(write: (room: Uint8Array) => number): number {
    if (this.search.end - this.length < ROOM) this.compact();
    const size = write(this.buffer.subarray(this.length, this.search.end));
    this.length += size;
    if (size > 0) this.drain();
    return size;
  }

  end(): void {
    if (this.position < this.length && !this.skipping) this.process(this.length);
    else if (this.skipping) this.lines++;
    giveBack(this.search);
  }

  private drain(): void {
    if (this.skipping && !this.skipToNewline()) return;
    const last = this.search.lineStart(this.length, this.position);
    if (last > this.position) this.process(last);
    if (this.length - this.position < MAX_OPEN_LINE) return;
    this.process(this.length);
    this.lines--;
    this.skipping = true;
  }

  private skipToNewline(): boolean {
    this.search.line(this.position, this.length);
    const at = this.search.lineEnd;
    if (at === this.length) {
      this.position = this.length;
      return false;
    }
    this.position = at + 1;
    this.lines++;
    this.skipping = false;
    return true;
  }

  private compact(): void {
    const keep = Math.max(this.begin, this.position - HISTORY);
    this.buffer.copyWithin(this.begin, keep, this.length);
    const moved = keep - this.begin;
    this.length -= moved;
    this.position -= moved;
    for (let at = 0; at < this.above.length; at++) this.above[at] = (this.above[at] ?? 0) - moved;
  }

  /** Handles the lines from the position up to `to`, where the last one ends. */
  private process(to: number): void {
    const { search } = this;
    while (this.position < to) {
      search.search(this.position, to);
      // where it stopped early, the line it stopped in is searched anew, unless nothing is before it
      const stop = search.stopped < to ? search.lineStart(search.stopped, this.position) : to;
      this.handle(stop > this.position ? stop : this.nextLine(to));
    }
  }

  private nextLine(to: number): number {
    this.search.line(this.position, to);
    return Math.min(to, this.search.lineEnd + 1);
  }

  /** Handles the lines from where the search began up to `to`. */
  private handle(to: number): void {
    const { search, reader } = this;
    const begun = this.lines;
    this.hit = 0;
    while (this.position < to) {
      if (!reader.reading) {
        const start = this.hit < search.count ? search.startOf(this.hit) : to;
        if (start >= to) {
          this.skipLines(to, begun);
          return;
        }
        this.position = search.lineStart(start, this.position);
        this.lines = begun + search.linesBefore(this.hit);
      }
      this.emit(to);
      if (this.woken !== reader.woken) {
        // other needles matter now: what follows is searched anew
        this.woken = reader.woken;
        search.forget();
        return;
      }
    }
  }

  /** Hands the line at the position over with the needles in it. */
  private emit(to: number): void {
    const { search, reader } = this;
    search.line(this.position, to);
    const end = search.lineEnd;
    const { traits } = search;
    const first = this.hit;
    const needles = first < search.count && search.startOf(first) <= end ? this.needlesUpTo(end) : NO_NEEDLES;
    const number = ++this.lines;
    this.last = number;
    this.above.length = 1;
    this.above[0] = this.position;
    if (end - this.position > MAX_LINE) {
      const raw =
        needles.length > 0 ? this.versions(first, end) : this.utf8(this.position, this.position + MAX_LINE);
      reader.versions(segments(raw), number, needles, this.before);
    } else if ((traits & RETURNS) !== 0)
      reader.versions(segments(this.utf8(this.position, end)), number, needles, this.before);
    else reader.line(this.cleaned(this.position, end), number, needles, this.before);
    this.position = Math.min(to, end + 1);
  }

  /** The line just looked through, which holds no return, without what is not its own. */
  private cleaned(from: number, end: number): string {
    const { search, buffer } = this;
    const { traits, textStart } = search;
    if ((traits & ~WIDE) === 0) {
      // with its blanks where there may be a prefix, which may end in one
      const bare = !mayBePrefixed(buffer, textStart);
      const to = bare ? search.textEnd : end;
      const text = traits === 0 ? buffer.latin1Slice(textStart, to) : buffer.utf8Slice(textStart, to);
      if (bare && traits === 0) return text;
      // a mark of bytes that are none may stand for an escape
      if (traits === 0 || !text.includes("\ufffd")) return (bare ? text : withoutPrefix(text)).trimEnd();
    }
    return cleanLine((traits & WIDE) === 0 ? buffer.latin1Slice(from, end) : buffer.utf8Slice(from, end));
  }

  /** Those from the next hit on that begin before `end`, each once. */
  private needlesUpTo(end: number): readonly number[] {
    const { search } = this;
    const next = this.hit + 1;
    if (next >= search.count || search.startOf(next) > end)
      return ONE_NEEDLE[this.nextNeedle()] ?? NO_NEEDLES;
    const needles: number[] = [];
    while (this.hit < search.count && search.startOf(this.hit) <= end) {
      const needle = this.nextNeedle();
      if (needles.length < MAX_NEEDLES && !needles.includes(needle)) needles.push(needle);
    }
    return needles;
  }

  private nextNeedle(): number {
    const { search } = this;
    const needle = search.literalOf(this.hit++);
    if (!search.knows(needle)) {
      const wanted = this.reader.wanted(needle);
      if (wanted !== undefined) search.learn(needle, wanted);
    }
    return needle;
  }

  /** Of a line that was overwritten many times, the versions around its needles. */
  private versions(first: number, end: number): string {
    const versions = new Map<number, string>();
    for (let hit = first; hit < this.hit && versions.size < MAX_NEEDLES; hit++) {
      const at = this.search.startOf(hit);
      const from = Math.max(this.position, at - MAX_LINE / 4);
      const start = from + this.buffer.subarray(from, at).lastIndexOf(RETURN) + 1;
      if (!versions.has(start)) versions.set(start, this.versionAt(start, at, end));
    }
    return (versions.size > 1 ? [...new Set(versions.values())] : [...versions.values()]).join("\r");
  }

  private versionAt(start: number, at: number, end: number): string {
    const most = Math.min(end, start + MAX_LINE);
    const after = this.buffer.subarray(at, most).indexOf(RETURN);
    return this.utf8(start, after < 0 ? most : at + after);
  }

  private utf8(from: number, to: number): string {
    return this.buffer.utf8Slice(from, to);
  }

  private skipLines(to: number, begun: number): void {
    const { passed, passedLines } = this.search;
    const last = begun + passedLines + 1;
    if (passed > 0 && passed < to && last > this.last) {
      this.last = last;
      this.above.length = 1;
      this.above[0] = this.search.lineStart(passed, this.begin);
    }
    this.lines = begun + this.search.lines + (this.buffer[to - 1] === NEWLINE ? 0 : 1);
    this.position = to;
  }

  private readonly before = (distance: number): string => {
    const { above, begin, search } = this;
    while (above.length <= distance) {
      const end = above.at(-1) ?? begin;
      if (end <= begin) return "";
      // the byte before is the end of the line above
      above.push(search.lineStart(end - 1, begin));
    }
    const end = (above[distance - 1] ?? begin) - 1;
    const from = Math.max(above[distance] ?? begin, end - MAX_LINE);
    search.line(from, end);
    return (search.traits & RETURNS) === 0
      ? this.cleaned(from, end)
      : (segments(this.utf8(from, end)).at(-1) ?? "");
  };
}
