import type { FailureKind } from "../model.ts";
import { MAX_MESSAGE } from "./draft.ts";

const TIMEOUT =
  /\btimed? ?out\b|\btimeout\b|TimeoutE|DeadlineExceeded|deadline exceeded|exceeded .{0,30}(?:ms|time)|Timeout of \d+/i;
const ASSERT =
  /assert|expect(?:ed|\(|ation)|should |to equal|not equal|Not equal|mismatch|comparison|snapshot|Failed asserting|obtained|\bbut (?:was|got|found)\b/i;
const CRASH =
  /Segmentation fault|SIGSEGV|SIGABRT|SIGBUS|SIGKILL|core dumped|Fatal Python error|access violation/;

/** Best guess at the kind of a failure from its message alone. */
export function kindOf(message: string): FailureKind {
  const head = message.slice(0, 600);
  if (CRASH.test(head)) return "crash";
  if (/^panic:|panicked at/m.test(head)) return "panic";
  if (/DATA RACE|race detected|ThreadSanitizer/.test(head)) return "race";
  if (TIMEOUT.test(head)) return "timeout";
  if (ASSERT.test(head) || head === "") return "assert";
  return "error";
}

/** Lines as a message: outer blank lines and common indentation gone, cut at the bound. */
export function messageOf(lines: readonly string[], most = 30): string {
  const kept = lines.slice(0, most);
  while (kept.length > 0 && kept[0]?.trim() === "") kept.shift();
  while (kept.length > 0 && kept.at(-1)?.trim() === "") kept.pop();
  let indent = Number.POSITIVE_INFINITY;
  for (const line of kept) if (line.trim() !== "") indent = Math.min(indent, line.search(/\S/));
  return kept
    .map((line) => line.slice(Number.isFinite(indent) ? indent : 0).trimEnd())
    .join("\n")
    .slice(0, MAX_MESSAGE);
}

/** Lines above a failure, in their order, up to but without the nearest one that `stop` knows. */
export function above(
  line: { before(distance: number): string },
  most: number,
  stop: (text: string) => boolean,
): string[] {
  const out: string[] = [];
  for (let distance = 1; distance <= most; distance++) {
    const text = line.before(distance);
    if (stop(text)) break;
    out.unshift(text);
  }
  return out;
}
