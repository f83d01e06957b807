import type { Excerpt } from "./model.ts";

/** Most lines of one excerpt, of them before the failure, and most characters of a line. */
export const MAX_LINES = 120;
export const LINES_BEFORE = 25;
const MAX_WIDTH = 400;
const MAX_TEXT = 24_000;

/** Collects the lines around one failure while the log streams past. */
export class ExcerptWriter {
  private lines: string[] = [];
  private size = 0;
  private from = 0;
  private wanted = 0;

  /** Begins anew: `before` are the lines above line `number`, nearest last. `after` counts that line too. */
  begin(before: readonly string[], number: number, after = MAX_LINES - LINES_BEFORE): void {
    this.lines = [];
    this.size = 0;
    this.from = number - before.length;
    this.wanted = before.length + after;
    for (const line of before) this.add(line);
  }

  /** Whether more lines are wanted. */
  get open(): boolean {
    return this.lines.length < this.wanted && this.size < MAX_TEXT;
  }

  add(text: string): void {
    if (!this.open) return;
    const line = text.length > MAX_WIDTH ? `${text.slice(0, MAX_WIDTH)}…` : text;
    this.lines.push(line);
    this.size += line.length + 1;
  }

  result(): Excerpt {
    return { text: this.lines.join("\n"), from: Math.max(0, this.from) };
  }
}
