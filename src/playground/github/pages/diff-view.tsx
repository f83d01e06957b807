/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import type { FileDiff } from "../diff.ts";

interface Row {
  kind: "hunk" | "added" | "removed" | "same";
  left: number | null;
  right: number | null;
  text: string;
}

const rowsOf = (patch: string): Row[] => {
  let left = 0;
  let right = 0;
  return patch.split("\n").map((text): Row => {
    const header = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(text);
    if (header) {
      left = Number(header[1]);
      right = Number(header[2]);
      return { kind: "hunk", left: null, right: null, text };
    }
    if (text.startsWith("+")) return { kind: "added", left: null, right: right++, text };
    if (text.startsWith("-")) return { kind: "removed", left: left++, right: null, text };
    if (text.startsWith("\\")) return { kind: "hunk", left: null, right: null, text };
    return { kind: "same", left: left++, right: right++, text };
  });
};

/** One file's diff; `under` gives what stands below a line of a side. */
export const FileView = (props: {
  file: FileDiff;
  under?: (line: number, side: "LEFT" | "RIGHT") => Child;
}) => {
  const { file, under } = props;
  return (
    <section class="file">
      <header>
        <strong>{file.previousPath ? `${file.previousPath} → ${file.path}` : file.path}</strong>
        <span class="plus">+{file.additions}</span> <span class="minus">−{file.deletions}</span>
      </header>
      {file.patch === null ? (
        <p class="quiet">No text to show ({file.status}).</p>
      ) : (
        <div class="scroll">
          <table class="diff">
            {rowsOf(file.patch).map((row) => (
              <>
                <tr class={row.kind}>
                  <td class="number">{row.left ?? ""}</td>
                  <td class="number">{row.right ?? ""}</td>
                  <td class="text">{row.text}</td>
                </tr>
                {below(row, under)}
              </>
            ))}
          </table>
        </div>
      )}
    </section>
  );
};

const below = (row: Row, under: ((line: number, side: "LEFT" | "RIGHT") => Child) | undefined) => {
  const line = row.right ?? row.left;
  const inside = line === null ? null : under?.(line, row.right === null ? "LEFT" : "RIGHT");
  return inside ? (
    <tr class="remarks">
      <td colspan={3}>{inside}</td>
    </tr>
  ) : null;
};
