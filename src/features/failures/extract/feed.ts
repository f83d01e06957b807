import { giveBack, NEEDLES, takeSearch } from "./needles.ts";
import type { Search } from "./search/search.ts";

/** What a line feed hands its lines to. */
export interface LineReader {
  /** Whether lines without a needle are wanted at the moment. */
  readonly reading: boolean;
  /** One line, `needles` being those it holds; `before` gives raw lines above it. */
  line(raw: string, number: number, needles: readonly number[], before: (distance: number) => string): void;
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

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Cuts bytes into lines and passes on those that matter. */
export class LineFeed {
  /** Lines ended so far. */
  lines = 0;
  /** Given back at the end. */
  private readonly search: Search = takeSearch();
  private readonly buffer = this.search.bytes;
  /** The log's bytes that are held lie from `begin` to `length`; those from `position` on are to be handled. */
  private readonly begin = this.search.begin;
  private length = this.begin;
  private position = this.begin;
  private skipping = false;
  /** Where the line handed over and those above it begin, as far as was asked. */
  private readonly above: number[] = [];
  /** The first of the needles found that lies in no line handled yet. */
  private hit = 0;

  constructor(private readonly reader: LineReader) {}

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
    const end = this.search.lineEnd(this.position, this.length);
    const at = end < 0 ? ~end : end;
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
    this.length -= keep - this.begin;
    this.position -= keep - this.begin;
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
    const end = this.search.lineEnd(this.position, to);
    return Math.min(to, (end < 0 ? ~end : end) + 1);
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
    }
  }

  /** Hands the line at the position over with the needles in it. */
  private emit(to: number): void {
    const { search } = this;
    const told = search.lineEnd(this.position, to);
    const end = told < 0 ? ~told : told;
    const first = this.hit;
    const needles = first < search.count && search.startOf(first) <= end ? this.needlesUpTo(end) : NO_NEEDLES;
    this.above.length = 1;
    this.above[0] = this.position;
    this.reader.line(
      end - this.position > MAX_LINE && needles.length > 0
        ? this.versions(first, end)
        : this.decode(this.position, end, told < 0),
      this.lines + 1,
      needles,
      this.before,
    );
    this.position = Math.min(to, end + 1);
    this.lines++;
  }

  /** Those from the next hit on that begin before `end`, each once. */
  private needlesUpTo(end: number): readonly number[] {
    const { search } = this;
    const next = this.hit + 1;
    if (next >= search.count || search.startOf(next) > end)
      return ONE_NEEDLE[search.literalOf(this.hit++)] ?? NO_NEEDLES;
    const needles: number[] = [];
    for (; this.hit < search.count && search.startOf(this.hit) <= end; this.hit++) {
      const needle = search.literalOf(this.hit);
      if (needles.length < MAX_NEEDLES && !needles.includes(needle)) needles.push(needle);
    }
    return needles;
  }

  /** Of a line that was overwritten many times, the versions around its needles. */
  private versions(first: number, end: number): string {
    const versions = new Set<string>();
    for (let hit = first; hit < this.hit && versions.size < MAX_NEEDLES; hit++)
      versions.add(this.versionAt(this.search.startOf(hit), end));
    return [...versions].join("\r");
  }

  private versionAt(at: number, end: number): string {
    const from = Math.max(this.position, at - MAX_LINE / 4);
    let start = at;
    while (start > from && this.buffer[start - 1] !== RETURN) start--;
    const next = this.buffer.indexOf(RETURN, at);
    return this.decode(start, next < 0 ? end : Math.min(next, end), true);
  }

  /** `wide` where it may hold more than ASCII, which is read in half the time. */
  private decode(from: number, to: number, wide: boolean): string {
    const end = Math.min(to, from + MAX_LINE);
    return wide ? UTF8.decode(this.buffer.subarray(from, end)) : this.buffer.toString("latin1", from, end);
  }

  private skipLines(to: number, begun: number): void {
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
    return this.decode(from, end, search.lineEnd(from, end) < 0);
  };
}
