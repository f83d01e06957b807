/** Lines of a log as a model gets them, to quote from. */
export interface LogLines {
  lines: readonly string[];
  /** Number that the first line has in the log; null where it is not known, then they count from 1. */
  first: number | null;
}

/** Part of a line is taken for that line from so many characters on. */
const SHORTEST_PART = 12;
/** How models write a line's number: `12: text`, `L12| text`. */
const NUMBER = /^L?(\d+)\s*[:|]/;

/** Each line with its number, `12: text`: what prompts show, models quote and readers look up. */
export const numberedLines = ({ lines, first }: LogLines): string[] =>
  lines.map((line, at) => `${(first ?? 1) + at}: ${line}`);

/** Blanks do not count, the words do. */
const squeezed = (text: string): string => text.replace(/\s+/g, " ").trim();

/**
 * Index of the line that is quoted with its own number and all of its words; -1 where it does not stand there. A blank
 * line says nothing, so a quote of one is none.
 */
export function placeOfExact(quote: string, log: LogLines): number {
  const whole = squeezed(quote);
  const number = NUMBER.exec(whole);
  const text = whole.replace(NUMBER, "").trim();
  const at = Number(number?.[1]) - (log.first ?? 1);
  return text !== "" && squeezed(log.lines[at] ?? "") === text ? at : -1;
}

/**
 * Index of the line that is meant, also where its number is wrong or missing, or where its ends are; -1 where the words
 * stand nowhere in the log. Part of a line counts where it is long enough to mean that line.
 */
export function placeOfLoose(quote: string, log: LogLines): number {
  const exact = placeOfExact(quote, log);
  if (exact >= 0) return exact;
  const lines = log.lines.map(squeezed);
  const whole = squeezed(quote);
  // a line of the log may itself begin with a number
  const ways = [whole, whole.replace(NUMBER, "").trim()].filter((text) => text !== "");
  return ways.map((text) => placeOfWords(text, lines)).find((at) => at >= 0) ?? -1;
}

function placeOfWords(text: string, lines: readonly string[]): number {
  const equal = lines.indexOf(text);
  if (equal >= 0 || text.length < SHORTEST_PART) return equal;
  return lines.findIndex((line) => line.includes(text));
}
