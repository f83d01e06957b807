/** One patch of the set: a title, what it is, and the change as our git would write it with whole files. */
export interface Case {
  masking: boolean;
  title: string;
  patch: string;
}

/**
 * Reads a file of cases. `=== masking: title` or `=== honest: title` begins one; `--- path` is a file before and
 * `+++ path` one after the change, in any number. A file that has only one side was added or deleted.
 */
export function readCases(text: string): Case[] {
  return text
    .split(/^=== /m)
    .slice(1)
    .map((part) => {
      const [head = "", ...rest] = part.split("\n");
      const [kind = "", title = ""] = head.split(": ");
      const sides = { "---": new Map<string, string[]>(), "+++": new Map<string, string[]>() };
      let lines: string[] = [];
      for (const line of rest) {
        const mark = /^(---|\+\+\+) (\S+)$/.exec(line);
        if (mark === null) {
          lines.push(line);
          continue;
        }
        lines = [];
        sides[mark[1] === "---" ? "---" : "+++"].set(mark[2] ?? "", lines);
      }
      const paths = [...new Set([...sides["---"].keys(), ...sides["+++"].keys()])];
      const patch = paths
        .map((path) => filePatch(path, trimmed(sides["---"].get(path)), trimmed(sides["+++"].get(path))))
        .join("");
      return { masking: kind === "masking", title, patch };
    });
}

const trimmed = (lines: string[] | undefined): string[] | null =>
  lines === undefined ? null : lines.at(-1) === "" ? lines.slice(0, -1) : lines;

/** A patch of one file with full context. */
export function filePatch(
  path: string,
  before: readonly string[] | null,
  after: readonly string[] | null,
): string {
  const mode =
    before === null ? "new file mode 100644\n" : after === null ? "deleted file mode 100644\n" : "";
  const head = `diff --git a/${path} b/${path}\n${mode}index 1111111..2222222${mode === "" ? " 100644" : ""}\n`;
  const names = `--- ${before === null ? "/dev/null" : `a/${path}`}\n+++ ${after === null ? "/dev/null" : `b/${path}`}\n`;
  const [old, now] = [before ?? [], after ?? []];
  const body = diffLines(old, now);
  return `${head}${names}@@ -${before === null ? 0 : 1},${old.length} +${after === null ? 0 : 1},${now.length} @@\n${body.join("\n")}\n`;
}

/** Longest common subsequence, since the files are short. */
function diffLines(before: readonly string[], after: readonly string[]): string[] {
  const lengths = Array.from({ length: before.length + 1 }, () =>
    new Array<number>(after.length + 1).fill(0),
  );
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const row = lengths[i];
      if (row !== undefined)
        row[j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const out: string[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      out.push(` ${before[i++]}`);
      j++;
    } else if (i < before.length && (j >= after.length || at(i + 1, j) >= at(i, j + 1)))
      out.push(`-${before[i++]}`);
    else out.push(`+${after[j++]}`);
  }
  return out;
}
