export interface DiffLine {
  kind: "+" | "-" | " ";
  text: string;
  /** Line in the new file, or for removed ones in the old file. */
  line: number;
  /** Where it stands, or would stand, in the old and the new file. */
  oldLine: number;
  newLine: number;
}

export interface DiffFile {
  /** Path after the change, or before it where the file was deleted. */
  path: string;
  status: "added" | "deleted" | "modified";
  binary: boolean;
  /** Octal modes; null where there is no file on that side. */
  oldMode: string | null;
  newMode: string | null;
  hunks: DiffLine[][];
  /** The file's part of the patch as it stood. */
  raw: string;
}

export interface ParsedDiff {
  files: DiffFile[];
}

/**
 * Reads a patch as our own git writes it (`--full-index --no-renames`). A patch of anyone else has to go through git
 * first: what another writer's words mean is for git to say.
 */
export function parseDiff(patch: string): ParsedDiff {
  // Only after a line feed: in multi-line mode `^` would also match after a lone carriage return in a changed line.
  const starts = [...patch.matchAll(/(?:^|(?<=\n))diff --git /g)].map((match) => match.index);
  const parts = starts.map((start, index) => patch.slice(start, starts[index + 1] ?? patch.length));
  return { files: parts.map(parseFile) };
}

function parseFile(raw: string): DiffFile {
  const lines = raw.split("\n");
  const headEnd = lines.findIndex((line) => line.startsWith("@@ ") || line.startsWith("GIT binary patch"));
  const head = headEnd === -1 ? lines : lines.slice(0, headEnd);
  const field = (prefix: string) => head.find((line) => line.startsWith(prefix))?.slice(prefix.length);
  const created = field("new file mode ");
  const deleted = field("deleted file mode ");
  const same = /^[0-9a-f]+\.\.[0-9a-f]+ (\d{6})$/.exec(field("index ") ?? "")?.[1];
  const newSide = pathOf(field("+++ "), "b/");
  const oldSide = pathOf(field("--- "), "a/");
  return {
    path: newSide ?? oldSide ?? headerPath(head[0] ?? ""),
    status: created !== undefined ? "added" : deleted !== undefined ? "deleted" : "modified",
    binary: raw.includes("\nGIT binary patch\n") || raw.includes("\nBinary files "),
    oldMode: created !== undefined ? null : (deleted ?? field("old mode ") ?? same ?? null),
    newMode: deleted !== undefined ? null : (created ?? field("new mode ") ?? same ?? null),
    hunks: headEnd === -1 ? [] : parseHunks(lines.slice(headEnd)),
    raw,
  };
}

function parseHunks(lines: string[]): DiffLine[][] {
  const hunks: DiffLine[][] = [];
  let oldLine = 0;
  let newLine = 0;
  for (const line of lines) {
    const start = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    if (start !== null) {
      oldLine = Number(start[1]);
      newLine = Number(start[2]);
      hunks.push([]);
      continue;
    }
    const hunk = hunks.at(-1);
    if (hunk === undefined) continue;
    const text = line.slice(1);
    if (line.startsWith("+")) hunk.push({ kind: "+", text, line: newLine, oldLine, newLine: newLine++ });
    else if (line.startsWith("-")) hunk.push({ kind: "-", text, line: oldLine, oldLine: oldLine++, newLine });
    else if (line.startsWith(" ")) {
      hunk.push({ kind: " ", text, line: newLine, oldLine: oldLine++, newLine: newLine++ });
    }
  }
  return hunks;
}

/** The path of a `---` or `+++` line; null for /dev/null. */
function pathOf(value: string | undefined, prefix: string): string | null {
  if (value === undefined) return null;
  const plain = value.startsWith('"') ? unquote(value) : value.replace(/\t$/, "");
  return plain === "/dev/null" ? null : plain.slice(prefix.length);
}

/** Binary and mode-only changes name the file only in the first line, twice the same. */
function headerPath(line: string): string {
  const rest = line.slice("diff --git ".length);
  if (rest.startsWith('"')) return unquote(rest.slice(0, rest.indexOf('" ') + 1)).slice(2);
  return rest.slice(2, (rest.length - 1) / 2);
}

const ESCAPES: Record<string, string> = { n: "\n", t: "\t", r: "\r", a: "\x07", b: "\b", f: "\f", v: "\v" };

/** Undoes git's quoting of unusual paths; octal escapes are bytes of UTF-8. */
function unquote(quoted: string): string {
  const bytes: number[] = [];
  const inner = quoted.slice(1, quoted.lastIndexOf('"'));
  for (const match of inner.matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/g)) {
    if (match[1] !== undefined) bytes.push(Number.parseInt(match[1], 8));
    else if (match[2] !== undefined) bytes.push(...Buffer.from(ESCAPES[match[2]] ?? match[2]));
    else bytes.push(...Buffer.from(match[3] ?? ""));
  }
  return Buffer.from(bytes).toString("utf8");
}

/** All lines of one kind in a file. */
export const linesOf = (file: DiffFile, kind: "+" | "-"): DiffLine[] =>
  file.hunks.flat().filter((line) => line.kind === kind);

/** Changed lines and files, as `git diff --shortstat` counts them. */
export function diffSize(diff: ParsedDiff): { lines: number; files: number } {
  const lines = diff.files.reduce(
    (sum, file) => sum + file.hunks.flat().filter((line) => line.kind !== " ").length,
    0,
  );
  return { lines, files: diff.files.length };
}
