import { errorText } from "../../kernel/errors.ts";
import { RepoName } from "../../kernel/ids.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import { redact } from "../../kernel/text/redact.ts";
import type { Context } from "../context.ts";
import { filesNamed } from "./frames.ts";
import type { Shown } from "./shown.ts";

type Deps = Pick<Context, "forge" | "log">;

/** What one analysis reads of a repository at most. */
const MOST_FILES = 8;
const MOST_REQUESTS = 20;
const MOST_CHARS = 40_000;
/** A file up to this size is given whole; of a larger one the parts around what is named. */
const WHOLE = 10_000;
const BEFORE = 25;
const AFTER = 45;

/**
 * Code at the failing commit: the test's own file, and those that the lines of the excerpt name, as far as they are
 * found and fit. Each under a line with its path.
 */
export async function codeOf(deps: Deps, seen: Shown): Promise<string> {
  const parts: string[] = [];
  let requests = 0;
  let left = MOST_CHARS;
  for (const { candidates, lines } of filesNamed(seen.excerpt ?? "", seen)) {
    for (const path of candidates) {
      if (requests >= MOST_REQUESTS || parts.length >= MOST_FILES || left < 500) return parts.join("\n\n");
      requests += 1;
      const text = await read(deps, seen, path);
      if (text === null) continue;
      const part = clamp(`=== ${path}\n${redact(excerptOf(text, lines, seen.test))}`, left);
      parts.push(part);
      left -= part.length;
      break;
    }
  }
  return parts.join("\n\n");
}

async function read(deps: Deps, seen: Shown, path: string): Promise<string | null> {
  const text = await deps.forge.file(RepoName.parse(seen.repo), path, seen.ref).catch((error: unknown) => {
    deps.log.warn({ path, error: errorText(error) }, "a file could not be read for the analysis");
    return null;
  });
  return text?.includes("\0") ? null : text;
}

/** The whole of a small file; of a large one what stands around the lines that are named, and around the test. */
export function excerptOf(text: string, named: readonly number[], test: string): string {
  if (text.length <= WHOLE) return text;
  const lines = text.split("\n");
  const leaf = test.split(/ > | › |::|\//).map((level) => level.trim());
  const heads = lines.flatMap((line, at) =>
    leaf.some((name) => name.length > 3 && line.includes(name)) ? [at + 1] : [],
  );
  const wanted = new Set<number>();
  for (const line of [...named.slice(0, 6), ...heads.slice(0, 3)])
    for (let at = Math.max(1, line - BEFORE); at <= Math.min(lines.length, line + AFTER); at += 1)
      wanted.add(at);
  if (wanted.size === 0) return clamp(text, WHOLE);
  const out: string[] = [];
  let last = 0;
  for (const at of [...wanted].sort((a, b) => a - b)) {
    if (at !== last + 1) out.push(`… from line ${at}:`);
    out.push(clamp(lines[at - 1] ?? "", 300));
    last = at;
  }
  return out.join("\n");
}
