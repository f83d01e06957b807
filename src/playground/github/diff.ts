/** One file of a diff. `patch` starts at the first hunk and is null for binaries and pure renames. */
export interface FileDiff {
  path: string;
  previousPath: string | null;
  status: "added" | "removed" | "modified" | "renamed";
  sha: string | null;
  additions: number;
  deletions: number;
  patch: string | null;
}

const field = (head: string[], prefix: string): string | null =>
  head.find((line) => line.startsWith(prefix))?.slice(prefix.length) ?? null;

const parseFile = (section: string): FileDiff => {
  const lines = section.split("\n");
  const firstHunk = lines.findIndex((line) => line.startsWith("@@ "));
  const head = firstHunk < 0 ? lines : lines.slice(0, firstHunk);
  const hunks = firstHunk < 0 ? [] : lines.slice(firstHunk);
  const [oldSha, newSha] = (field(head, "index ") ?? "").split(" ")[0]?.split("..") ?? [];
  const removed = field(head, "deleted file mode ") !== null;
  const renamedFrom = field(head, "rename from ");
  const named = /^a\/(.*) b\/\1$/.exec(lines[0]?.slice("diff --git ".length) ?? "")?.[1];
  const path = field(head, "rename to ") ?? field(head, "+++ b/") ?? field(head, "--- a/") ?? named ?? "";
  const added = field(head, "new file mode ") !== null;
  return {
    path,
    previousPath: renamedFrom,
    status: added ? "added" : removed ? "removed" : renamedFrom ? "renamed" : "modified",
    sha: (removed ? oldSha : newSha) || null,
    additions: hunks.filter((line) => line.startsWith("+")).length,
    deletions: hunks.filter((line) => line.startsWith("-")).length,
    patch: hunks.length > 0 ? hunks.join("\n") : null,
  };
};

/** Reads the output of `git diff --full-index`. */
export const parseDiff = (text: string): FileDiff[] =>
  text
    .split(/^(?=diff --git )/m)
    .filter((section) => section.startsWith("diff --git "))
    .map((section) => parseFile(section.replace(/\n$/, "")));

/**
 * The part of a patch a review comment on `line` shows: its hunk's header and lines down to it.
 * Null when the line is on no hunk of that side.
 */
export const hunkAt = (patch: string, line: number, side: "LEFT" | "RIGHT"): string | null => {
  let hunk: string[] = [];
  let left = 0;
  let right = 0;
  for (const text of patch.split("\n")) {
    const header = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(text);
    if (header) {
      hunk = [text];
      left = Number(header[1]) - 1;
      right = Number(header[2]) - 1;
      continue;
    }
    hunk.push(text);
    if (!text.startsWith("+") && !text.startsWith("\\")) left += 1;
    if (!text.startsWith("-") && !text.startsWith("\\")) right += 1;
    const onSide = side === "RIGHT" ? !text.startsWith("-") : !text.startsWith("+");
    if (onSide && (side === "RIGHT" ? right : left) === line) return hunk.join("\n");
  }
  return null;
};
