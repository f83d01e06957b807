import { UserError } from "../../../kernel/errors.ts";
import { contextOf, type RankedFile } from "../context/index.ts";
import type { FixRun } from "./context.ts";
import { readLines } from "./files.ts";
import type { Reproduction } from "./proof.ts";

const LISTED = 12;
/** Files whose text goes into the prompt, and the most characters of one and of all. */
const SHOWN = 3;
const MAX_ONE = 12_000;
const MAX_ALL = 24_000;
/** Lines shown before the place that matters, and after it. */
const BEFORE = 20;
const AFTER = 220;
const MAX_LOG = 100_000;

/**
 * What the fixer should read first: paths with reasons, and the text of the best. Untrusted, as all of the repository.
 * Empty where there is no test, in a later round, or where none of it was found: the fixer then looks for itself.
 */
export async function readingList(run: FixRun, dir: string, seen: Reproduction | null): Promise<string> {
  const { kind, test, evidence } = run.input;
  if (kind === "address" || (test === null && kind !== "error")) return "";
  const question = {
    tests: test === null ? [] : [{ name: test.name, package: test.package, file: test.file ?? undefined }],
    text: `${seen?.failure ?? ""}\n${evidence}`.slice(0, MAX_LOG),
    top: LISTED,
  };
  const files = await contextOf(dir, question, run.deps.git.history).catch((error: unknown) => {
    if (error instanceof UserError) return [];
    throw error;
  });
  const list = files.map(({ path, why }) => `- ${path}: ${why}`);
  return [...list, ...(await contents(dir, files))].join("\n");
}

async function contents(dir: string, files: readonly RankedFile[]): Promise<string[]> {
  const shown: string[] = [];
  let left = MAX_ALL;
  for (const { path, line = 1 } of files.slice(0, SHOWN)) {
    const start = Math.max(1, line - BEFORE);
    const text = await readLines(dir, path, start, start + BEFORE + AFTER).catch(() => "");
    const most = Math.min(MAX_ONE, left);
    if (text === "" || most <= 0) continue;
    left -= Math.min(text.length, most);
    shown.push(`\n${path}:\n${text.length > most ? `${text.slice(0, most)}\n… cut off` : text}`);
  }
  return shown;
}
