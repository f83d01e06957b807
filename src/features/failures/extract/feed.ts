import type { NeedleSearch } from "./needles.ts";

/** What a line feed hands its lines to. */
export interface LineReader {
  readonly search: NeedleSearch;
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
/** Holds the history, an open line and a good chunk. */
const BUFFER = 512 * 1024;
/** Most needles of one line that are told apart. */
const MAX_NEEDLES = 64;

/** Several times as fast on short lines as the buffer's own `toString`. */
const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Cuts bytes into lines and passes on those that matter. */
export class LineFeed {
  /** Lines ended so far. */
  lines = 0;
  private buffer = Buffer.allocUnsafe(BUFFER);
  private length = 0;
  private position = 0;
  private skipping = false;
  /** Where the line handed over and those above it begin, as far as was asked. */
  private above: number[] = [];
  /** The first of the needles found that lies in no line handled yet. */
  private hit = 0;

  constructor(private readonly reader: LineReader) {}

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.length === this.buffer.length) this.compact();
      const room = Math.min(chunk.length - at, this.buffer.length - this.length);
      this.buffer.set(chunk.subarray(at, at + room), this.length);
      this.length += room;
      at += room;
      this.drain();
    }
  }

  end(): void {
    if (this.position < this.length && !this.skipping) this.process(this.length);
    else if (this.skipping) this.lines++;
  }

  private drain(): void {
    if (this.skipping && !this.skipToNewline()) return;
    const last = this.buffer.subarray(this.position, this.length).lastIndexOf(NEWLINE);
    if (last >= 0) this.process(this.position + last + 1);
    if (this.length - this.position < MAX_OPEN_LINE) return;
    this.process(this.length);
    this.lines--;
    this.skipping = true;
  }

  private skipToNewline(): boolean {
    const end = this.buffer.indexOf(NEWLINE, this.position);
    if (end < 0 || end >= this.length) {
      this.position = this.length;
      return false;
    }
    this.position = end + 1;
    this.lines++;
    this.skipping = false;
    return true;
  }

  private compact(): void {
    const keep = Math.max(0, this.position - HISTORY);
    this.buffer.copyWithin(0, keep, this.length);
    this.length -= keep;
    this.position -= keep;
  }

  /** Handles the lines from the position up to `to`, where the last one ends. */
  private process(to: number): void {
    const { buffer, reader } = this;
    const { search } = reader;
    search.search(buffer, this.position, to);
    this.hit = 0;
    while (this.position < to) {
      if (!reader.reading) {
        const start = search.starts[this.hit];
        if (start === undefined) {
          this.skipLines(to);
          return;
        }
        this.skipLines(this.startOfLine(start));
      }
      const newline = buffer.indexOf(NEWLINE, this.position);
      const end = newline < 0 || newline >= to ? to : newline;
      this.emit(end);
      this.position = Math.min(to, end + 1);
      this.lines++;
    }
  }

  /** Hands the line over with the needles in it. */
  private emit(end: number): void {
    const { found, starts } = this.reader.search;
    const needles: number[] = [];
    const long = end - this.position > MAX_LINE;
    const versions: string[] = [];
    for (; ; this.hit++) {
      const start = starts[this.hit];
      if (start === undefined || start > end) break;
      if (needles.length >= MAX_NEEDLES) continue;
      const needle = found[this.hit] ?? -1;
      if (!needles.includes(needle)) needles.push(needle);
      if (long && versions.length < MAX_NEEDLES) versions.push(this.versionAt(start, end));
    }
    this.above = [this.position];
    this.reader.line(
      long && versions.length > 0 ? [...new Set(versions)].join("\r") : this.decode(this.position, end),
      this.lines + 1,
      needles,
      this.before,
    );
  }

  /** Of a line that was overwritten many times, the version around a needle. */
  private versionAt(at: number, end: number): string {
    const from = Math.max(this.position, at - MAX_LINE / 4);
    let start = at;
    while (start > from && this.buffer[start - 1] !== RETURN) start--;
    const next = this.buffer.indexOf(RETURN, at);
    return this.decode(start, next < 0 ? end : Math.min(next, end));
  }

  private decode(from: number, to: number): string {
    return UTF8.decode(this.buffer.subarray(from, Math.min(to, from + MAX_LINE)));
  }

  private startOfLine(at: number): number {
    return Math.max(this.position, this.buffer.lastIndexOf(NEWLINE, at) + 1);
  }

  private skipLines(to: number): void {
    for (let at = this.position; ; ) {
      const newline = this.buffer.indexOf(NEWLINE, at);
      if (newline < 0 || newline >= to) break;
      this.lines++;
      at = newline + 1;
    }
    if (to > this.position && this.buffer[to - 1] !== NEWLINE) this.lines++;
    this.position = to;
  }

  private readonly before = (distance: number): string => {
    const { above } = this;
    while (above.length <= distance) {
      const end = above.at(-1) ?? 0;
      if (end <= 0) return "";
      // the byte before is the end of the line above
      above.push(end < 2 ? 0 : this.buffer.lastIndexOf(NEWLINE, end - 2) + 1);
    }
    const end = (above[distance - 1] ?? 0) - 1;
    return this.decode(Math.max(above[distance] ?? 0, end - MAX_LINE), end);
  };
}
