import { clamp } from "../../kernel/text/clamp.ts";
import { markdownCode } from "../../kernel/text/escape.ts";
import { plural } from "../../kernel/text/figures.ts";

/** Lines as far as they fit into `room` characters and `most` lines, with what became of the rest. */
export function asFits(
  lines: readonly string[],
  most: number,
  room: number,
): { shown: string[]; left: number } {
  const shown: string[] = [];
  let used = 0;
  for (const line of lines.slice(0, most)) {
    used += line.length + 1;
    if (used > room) break;
    shown.push(line);
  }
  return { shown, left: lines.length - shown.length };
}

/** `… and 12 more` where something was left out. */
export const andMore = (left: number): string[] =>
  left === 0 ? [] : [`… and ${plural(left, "more", "more")}`];

/** A name from a log as code: cut, and without what cannot be seen. */
export const nameCode = (name: string, most = 300): string =>
  markdownCode(clamp(name.replace(/[\p{Cc}\p{Cf}]+/gu, " "), most));

/** A link with our own words, where the address is a plain one; else the words. */
export const linked = (words: string, url: string): string =>
  /^https?:\/\/[^\s()<>"'`\\|[\]]{1,400}$/.test(url) ? `[${words}](${url})` : words;
