/** Cuts text to at most `max` UTF-16 units, never inside a surrogate pair, and marks the cut with `…`. */
export function clamp(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max < 1) return "";
  let end = max - 1;
  const last = text.charCodeAt(end - 1);
  if (last >= 0xd800 && last <= 0xdbff) end -= 1;
  return `${text.slice(0, end)}…`;
}

/** The first line, without surrounding space, cut to `max`. */
export const firstLine = (text: string, max: number): string =>
  clamp((text.trim().split(/\r?\n/, 1)[0] ?? "").trimEnd(), max);

/** Keeps the first and last lines where there are more than `max`; says in between how many went. */
export function clampLines(text: string, max: number): string {
  const lines = text.split("\n");
  if (lines.length <= max) return text;
  const head = Math.ceil((max - 1) / 2);
  const tail = max - 1 - head;
  const left = lines.length - head - tail;
  return [...lines.slice(0, head), `… ${left} lines left out …`, ...lines.slice(lines.length - tail)].join(
    "\n",
  );
}
