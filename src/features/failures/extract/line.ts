import { spare } from "./tiers.ts";

/** A log line as rules see it: without the prefixes of CI systems, colours and progress overwriting. */
export interface Line {
  readonly text: string;
  /** Number in the log, from 1. */
  readonly number: number;
  /** The line `distance` lines above, cleaned; empty where it is no longer held. */
  before(distance: number): string;
}

const ESCAPES = new RegExp(
  [
    "(?:\\x1b|\\u241b|\\ufffd|\\^\\[|\\\\u001[bB]|\\\\x1[bB]|\\\\033|\\\\e)\\[[0-9;?]*[A-Za-z]", // also as carets, pictures and escapes
    "\\x1b\\][^\\x07\\x1b]{0,300}(?:\\x07|\\x1b\\\\)", // titles and links
    "\\x1b_[^\\x07]{0,100}\\x07", // Buildkite's times
    "\\x1b[()][A-Z0-9]",
    "\\x9b[0-9;?]*[A-Za-z]",
    "\\[(?:0|1|2|22|39|49|3[0-7]|9[0-7]|4[0-7])(?:;\\d{1,3}){0,4}m|\\[0?K", // the escape byte was lost on the way
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]",
  ].join("|"),
  "g",
);
const MAY_ESCAPE = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x9b\u241b\ufffd]|\[[0-9;]*[mK]|\\(?:u001b|x1b|033|e)\[/i;

const TIMES = /^\uFEFF?(?:\[?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\]? ?)/y;
/** Stream and continuation mark behind GitLab's times. */
const GITLAB = /^\d\d[OE][+ ]/;
const GH_VIEW = /^\uFEFF?[^\t]{1,200}\t[^\t]{1,200}\t\uFEFF?(?=\d{4}-\d\d-\d\dT\d\d:)/;
/** By what they begin with, which most lines do not; all that fit are taken off, in this order. */
const BRACKETS: readonly RegExp[] = [
  /^\[\d{4}-\d\d-\d\dT[\d:.]+Z\] /, // Jenkins' timestamper
  /^\[\d\d:\d\d:\d\d(?:\.\d+)?\] (?=\S|\s{2})/,
];
const CLOCK = /^\d\d:\d\d:\d\d(?:[.,]\d+)? {1,2}/; // one blank or two, as the system has it
const LATER_BRACKETS: readonly RegExp[] = [
  /^\[(?:task|taskcluster|vcs) [\dT:.Z-]+\] (?:\d\d:\d\d:\d\d +[A-Z]+ - +)?/,
  /^\[ {0,6}\d+\.\d{6}\](?:\[ *[TC]\d+\])? /, // the kernel's console
];
const TRAVIS = /^travis_(?:fold|time):\S*\s?/;
const ACTIONS = /^##\[(?:error|warning|command|debug|notice)\]/;

/** What `MAY_ESCAPE` begins with; most lines hold none of it, and one set of characters is looked for fast. */
const NO_ESCAPE = /^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x9b\u241b\ufffd\\[]*$/;

/** Colours: nearly all there is to take out, and found in a fraction of the time. */
const COLOURS = /\x1b\[[0-9;]*m/g;

/** Takes colours and other terminal sequences out, also where their escape byte was lost. */
export function stripEscapes(text: string): string {
  if (NO_ESCAPE.test(text) || !MAY_ESCAPE.test(text)) return text;
  const plain = text.replace(COLOURS, "");
  return MAY_ESCAPE.test(plain) || plain.includes("^[[") ? text.replace(ESCAPES, "") : plain;
}

const HASH = 35;
const BRACKET = 91;
const LOWER_T = 116;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** One segment of a raw line, ready for rules. It runs on every line that is read, so no match is tried in vain. */
export function cleanLine(raw: string): string {
  let text = raw.charCodeAt(0) === 0xfeff ? raw.slice(1) : raw;
  if (text.includes("\t20")) text = text.replace(GH_VIEW, "");
  const first = text.charCodeAt(0);
  if (isDigit(first) || first === BRACKET || first === 0xfeff) {
    // sticky, and no match is built
    TIMES.lastIndex = 0;
    if (TIMES.test(text)) {
      text = text.slice(TIMES.lastIndex);
      if (isDigit(text.charCodeAt(0))) text = text.replace(GITLAB, "");
    }
  }
  return withoutPrefix(stripEscapes(text)).trimEnd();
}

/** A line whose times and escapes are gone, without what else CI systems put before it. */
export function withoutPrefix(told: string): string {
  let text = told;
  if (text.charCodeAt(0) === BRACKET) for (const prefix of BRACKETS) text = text.replace(prefix, "");
  if (isDigit(text.charCodeAt(0))) text = text.replace(CLOCK, "");
  if (text.charCodeAt(0) === BRACKET) for (const prefix of LATER_BRACKETS) text = text.replace(prefix, "");
  if (text.charCodeAt(0) === LOWER_T) text = text.replace(TRAVIS, "");
  if (text.charCodeAt(0) === HASH) text = text.replace(ACTIONS, "");
  return text;
}

const BLANK = 32;
const COLON = 58;
const LOWER_R = 114;
const LOWER_V = 118;

/** Whether a text may begin with what `withoutPrefix` takes off, by its first bytes. */
export function mayBePrefixed(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at] ?? 0;
  const second = bytes[at + 1] ?? 0;
  if (isDigit(first)) return bytes[at + 2] === COLON;
  if (first === LOWER_T) return second === LOWER_R;
  if (first === HASH) return second === HASH;
  return (
    first === BRACKET && (isDigit(second) || second === BLANK || second === LOWER_T || second === LOWER_V)
  );
}

/** Whether a line is quoted from elsewhere: an answer, a diff, a shell's trace or a program's comment. */
export function quoted(text: string): boolean {
  const first = text.charCodeAt(0);
  return (first === MORE || first === PLUS || first === SLASH) && QUOTED.test(text);
}
const QUOTED = /^(?:> (?!\[FAIL\])|\+(?!\+)|\/\/ )/;
const MORE = 62;
const PLUS = 43;
const SLASH = 47;

/** Most overwritten versions of one line that are looked at. */
const MAX_SEGMENTS = 200;

/** The versions of a line that `\r` wrote over one another, cleaned; empty ones but the only one left out. */
export function segments(raw: string): string[] {
  const end = raw.endsWith("\r") ? raw.length - 1 : raw.length;
  const first = raw.indexOf("\r");
  if (first < 0 || first === end) return [cleanLine(end === raw.length ? raw : raw.slice(0, end))];
  const out: string[] = [];
  for (const part of raw.slice(0, end).split("\r").slice(-MAX_SEGMENTS)) {
    const text = cleanLine(part);
    if (text !== "") out.push(text);
  }
  return out.length === 0 ? [""] : out;
}

spare(stripEscapes, cleanLine, withoutPrefix, mayBePrefixed, quoted, segments);
