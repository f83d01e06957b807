import { clamp, clampLines } from "../../kernel/text/clamp.ts";
import type { LogLines } from "../../kernel/text/quoted-lines.ts";
import { LINES_BEFORE } from "../failures/excerpt.ts";
import type { Sighting } from "../failures/store.ts";

type Seen = Pick<Sighting, "excerpt" | "line" | "test" | "message">;

/** An excerpt with the line in it that says the test failed. */
export interface Located extends LogLines {
  /** Index of that line; null where none can be told for sure. */
  failing: number | null;
}

const SAYS_FAILED = /fail|error|panic|not ok|timed? ?out|✗|✘|×|✖/i;

/** The last level of a test's name, as it stands in the log even where the levels above do not. */
const leafOf = (test: string): string =>
  test
    .split(/ > | › |::|\//)
    .at(-1)
    ?.trim() || test;

/**
 * Looks for the failing line in a kept excerpt: where the log's own numbers put it, if the test is named there; else
 * the first that has the message, or that names the test and says it failed.
 */
export function locate(seen: Seen): Located {
  const lines = (seen.excerpt ?? "").split("\n");
  const leaf = leafOf(seen.test);
  const expected = Math.min(LINES_BEFORE, seen.line - 1);
  if (lines[expected]?.includes(leaf)) return { lines, failing: expected, first: seen.line - expected };
  const message = seen.message.trim().split("\n", 1)[0]?.trim() ?? "";
  const ways = [
    (line: string) => message.length >= 8 && line.includes(message),
    (line: string) => line.includes(leaf) && SAYS_FAILED.test(line),
  ];
  const found = ways.map((way) => lines.findIndex(way)).find((at) => at >= 0);
  return { lines, failing: found ?? null, first: null };
}

/** The excerpt with its failing line marked by `>`, in at most 120 lines and `most` characters. */
export function markedExcerpt(seen: Seen, most: number): string {
  const { lines, failing } = locate(seen);
  const marked = lines.map((line, at) => (at === failing ? `> ${line}` : `  ${line}`.trimEnd()));
  return clamp(clampLines(marked.join("\n"), 120), most);
}
