import { escapeSlack } from "../../kernel/text/escape.ts";
import type { Kept } from "./kept.ts";
import { decoded, plain } from "./markdown-inline.ts";

const FENCE = /^(\s*(?:> ?)*\s*)(`{3,}|~{3,})([^`]*)$/;
const DELIMITERS = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;
const INDENT = /^(?: {4}|\t)/;
const INDENTED = /^(?: {4}|\t)[ \t]*\S/;
const PRE = /^\s*<pre(?:\s[^<>\n]*)?>/i;
const PRE_BLOCK = /^\s*<pre(?:\s[^<>\n]*)?>([\s\S]*?)<\/pre>([^\n]*)/i;
const COMMENT_BEGINS = /<!--(?![\s\S]*-->)/;

/** Takes out what spans lines and has an end of its own: fenced code, tables, and comments, which nobody sees. */
export function blocksKept(text: string, kept: Kept): string {
  const lines = text.split("\n");
  const out: string[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    const fence = FENCE.exec(line);
    const next = lines[at + 1] ?? "";
    if (fence !== null) {
      const end = fenceEnd(lines, at + 1, fence[2] ?? "");
      const quote = /^\s*(?:> ?)+/.test(line);
      const indent = new RegExp(quote ? "^\\s*(?:> ?)+" : `^ {0,${(fence[1] ?? "").length}}`);
      const body = lines.slice(at + 1, end).map((one) => one.replace(indent, ""));
      out.push(kept.keep(codeBlock(body.join("\n"))));
      at = end + 1;
    } else if (line.includes("|") && next.includes("|") && DELIMITERS.test(bare(next))) {
      const end = tableEnd(lines, at + 2);
      out.push(kept.keep(codeBlock(table([line, ...lines.slice(at + 2, end)].map(bare)))));
      at = end;
    } else if (INDENTED.test(line) && !goesOn(out)) {
      const end = indentedEnd(lines, at);
      out.push(
        kept.keep(
          codeBlock(
            lines
              .slice(at, end)
              .map((one) => one.replace(INDENT, ""))
              .join("\n"),
          ),
        ),
      );
      at = end;
    } else if (PRE.test(line)) {
      const rest = lines.slice(at).join("\n");
      const [all = "", content = "", after = ""] = PRE_BLOCK.exec(rest) ?? [rest, rest.replace(PRE, "")];
      out.push(kept.keep(codeBlock(decoded(content.replace(/<\/?(?:code|span)(?:\s[^<>]*)?>/g, "")).trim())));
      if (after.trim() !== "") out.push(after);
      at += all.split("\n").length;
    } else if (!line.includes("`") && COMMENT_BEGINS.test(line)) {
      const end = commentEnd(lines, at + 1);
      out.push(line.slice(0, line.lastIndexOf("<!--")), (lines[end] ?? "").replace(/^.*?-->/, ""));
      at = end + 1;
    } else {
      out.push(line);
      at += 1;
    }
  }
  return out.join("\n");
}

/** A line of a table without the marks of the quote or list it stands in. */
const bare = (line: string): string => line.replace(/^\s*(?:> ?|[-*+] +|\d+[.)] +)*(?=\|)/, "");

/** Whether an indented line goes on with the paragraph or list above, which makes it no code. */
function goesOn(above: readonly string[]): boolean {
  if (above.length > 0 && above.at(-1)?.trim() !== "") return true;
  const text = above.findLast((line) => line.trim() !== "");
  return text !== undefined && /^\s|^(?:[-*+]|\d+[.)])\s|^\[\^/.test(text);
}

/** Where indented code ends; blank lines between its own are part of it. */
function indentedEnd(lines: readonly string[], from: number): number {
  let end = from;
  for (let at = from; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (INDENTED.test(line)) end = at + 1;
    else if (line.trim() !== "") break;
  }
  return end;
}

/** The line that closes a fence; the text's end where none does. */
function fenceEnd(lines: readonly string[], from: number, fence: string): number {
  const sign = fence[0] ?? "`";
  for (let at = from; at < lines.length; at += 1) {
    const line = (lines[at] ?? "").replace(/^\s*(?:> ?)*\s*/, "").trimEnd();
    if (line.length >= fence.length && line === sign.repeat(line.length)) return at;
  }
  return lines.length;
}

function commentEnd(lines: readonly string[], from: number): number {
  for (let at = from; at < lines.length; at += 1) if (lines[at]?.includes("-->")) return at;
  return lines.length;
}

function tableEnd(lines: readonly string[], from: number): number {
  let at = from;
  while (at < lines.length && (lines[at] ?? "").includes("|") && (lines[at] ?? "").trim() !== "") at += 1;
  return at;
}

const codeBlock = (body: string): string => `\`\`\`\n${escapeSlack(body.replaceAll("```", "'''"))}\n\`\`\``;

/** Columns side by side, each as wide as its longest cell; below the head a line. */
function table(rows: readonly string[]): string {
  const cells = rows.map((row) =>
    row
      .trim()
      .replace(/^\|/, "")
      .replace(/(?<!\\)\|$/, "")
      .split(/(?<!\\)\|/)
      .map((cell) => plain(cell.replaceAll("\\|", "|")).trim()),
  );
  const columns = cells[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(1, ...cells.map((row) => width(row[column] ?? ""))),
  );
  const written = cells.map((row) =>
    widths
      .map((wide, column) => pad(row[column] ?? "", wide))
      .join(" | ")
      .trimEnd(),
  );
  const rule = widths.map((wide) => "-".repeat(wide)).join("-+-");
  return [written[0] ?? "", rule, ...written.slice(1)].join("\n");
}

const width = (text: string): number => [...text].length;
const pad = (text: string, wide: number): string => text + " ".repeat(wide - width(text));
