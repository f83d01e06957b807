import type { DiffFile } from "./diff.ts";

/** A file's text on both sides of a change; null where there is no file on that side. */
export interface Sides {
  before: string | null;
  after: string | null;
}

/**
 * The texts that a file's hunks show, each line where it stands in its file. A patch with full context gives the
 * whole files; from a plain one the lines between the hunks are blank, and less can be said.
 */
export function sidesOf(file: DiffFile): Sides {
  const before: string[] = [];
  const after: string[] = [];
  for (const hunk of file.hunks) {
    for (const line of hunk) {
      if (line.kind !== "+") before[line.oldLine - 1] = line.text;
      if (line.kind !== "-") after[line.newLine - 1] = line.text;
    }
  }
  const text = (lines: string[]) => Array.from(lines, (line) => line ?? "").join("\n");
  return {
    before: file.status === "added" ? null : text(before),
    after: file.status === "deleted" ? null : text(after),
  };
}
