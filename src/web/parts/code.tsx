/** @jsxImportSource hono/jsx */
import type { FC } from "hono/jsx";
import { clampLines } from "../../kernel/text/clamp.ts";

const MOST_LINES = 1500;

/** A patch, one fold for each file, added and removed lines coloured. */
export const Diff: FC<{ patch: string }> = ({ patch }) => (
  <div class="diff">
    {splitPatch(clampLines(patch, MOST_LINES)).map((file, index) => (
      <details open={index < 3} id={`diff-${index}`}>
        <summary>
          <code>{file.name}</code> <span class="added">+{file.added}</span>{" "}
          <span class="removed">−{file.removed}</span>
        </summary>
        <pre tabindex={0}>
          <code class="lines">
            {file.lines.map((line) => (
              <span class={lineClass(line)}>{`${line}\n`}</span>
            ))}
          </code>
        </pre>
      </details>
    ))}
  </div>
);

interface PatchFile {
  name: string;
  added: number;
  removed: number;
  lines: string[];
}

/** Cuts a patch in Git's form into its files; the header lines of each are left out. */
export function splitPatch(patch: string): PatchFile[] {
  const files: PatchFile[] = [];
  let header = true;
  for (const line of patch.replace(/\n$/, "").split("\n")) {
    const name = /^diff --git (?:a\/)?.* (?:b\/)?(.+)$/.exec(line)?.[1];
    if (name !== undefined) {
      files.push({ name: name.replace(/^b\//, ""), added: 0, removed: 0, lines: [] });
      header = true;
      continue;
    }
    if (line.startsWith("@@")) header = false;
    if (files.length === 0) files.push({ name: "patch", added: 0, removed: 0, lines: [] });
    const file = files.at(-1);
    if (file === undefined || (header && /^(index|---|\+\+\+|old mode|new mode|similarity) /.test(line)))
      continue;
    if (!header && line.startsWith("+")) file.added += 1;
    if (!header && line.startsWith("-")) file.removed += 1;
    file.lines.push(line);
  }
  return files;
}

function lineClass(line: string): string | undefined {
  if (line.startsWith("+")) return "add";
  if (line.startsWith("-")) return "del";
  return line.startsWith("@@") ? "hunk" : undefined;
}

/** Lines of a log with the one that says the failure marked. */
export const Excerpt: FC<{ text: string; test: string; message: string }> = ({ text, test, message }) => {
  const lines = text.split("\n");
  const failing = failingLine(lines, test, message);
  return (
    <pre class="log" tabindex={0}>
      <code class="lines">
        {lines.map((line, index) =>
          index === failing ? <mark>{`${line}\n`}</mark> : <span>{`${line}\n`}</span>,
        )}
      </code>
    </pre>
  );
};

const FAILED = /\bFAIL(?:ED)?\b|\(fail\)|✗|✕|\bpanic:|DATA RACE|Error Trace/;

/** Index of the line that has the message, else of the one that names the test as failed; -1 where there is neither. */
export function failingLine(lines: readonly string[], test: string, message: string): number {
  const start = (message.trim().split("\n", 1)[0] ?? "").trim().slice(0, 80);
  const byMessage = start.length < 4 ? -1 : lines.findIndex((line) => line.includes(start));
  if (byMessage !== -1) return byMessage;
  const named = lines.findIndex((line) => line.includes(test) && FAILED.test(line));
  return named === -1 ? lines.findIndex((line) => FAILED.test(line)) : named;
}
