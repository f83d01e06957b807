import { DAY, HOUR, MINUTE, SECOND } from "../kernel/clock.ts";

export { number, percent, plural } from "../kernel/text/figures.ts";

const UNITS: readonly [number, string][] = [
  [DAY, "d"],
  [HOUR, "h"],
  [MINUTE, "min"],
];

/** `3 h ago`, `in 2 d`, `just now`. */
export function relative(now: Date, at: Date): string {
  const span = now.getTime() - at.getTime();
  const [size, unit] = UNITS.find(([length]) => Math.abs(span) >= length) ?? [0, ""];
  if (size === 0) return span < -SECOND ? "soon" : "just now";
  const n = Math.floor(Math.abs(span) / size);
  return span > 0 ? `${n} ${unit} ago` : `in ${n} ${unit}`;
}

/** `2026-03-04 12:30 UTC`. */
export const instant = (at: Date): string => `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;

/** `42 s`, `3 min`, `2.5 h`, `4 d`; of milliseconds. */
export function duration(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.round(ms / SECOND))} s`;
  if (ms < HOUR) return `${Math.round(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return `${trim(ms / HOUR)} h`;
  return `${trim(ms / DAY)} d`;
}

const trim = (value: number): string =>
  value < 10 ? value.toFixed(1).replace(/\.0$/, "") : value.toFixed(0);

/** Dollars, with cents where they matter. */
export const usd = (value: number): string =>
  value > 0 && value < 0.01
    ? "<$0.01"
    : `$${value >= 1000 ? Math.round(value).toLocaleString("en") : value.toFixed(2)}`;

/** The address where it is http or https; null for anything that a browser would run or open otherwise. */
export function webAddress(url: string | null | undefined): string | null {
  if (url === null || url === undefined || !URL.canParse(url)) return null;
  return /^https?:$/.test(new URL(url).protocol) ? url : null;
}

/** Words for a name such as `pending_review`. */
export const words = (name: string): string => name.replaceAll("_", " ");
