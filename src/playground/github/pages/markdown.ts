import { escapeHtml, type LinkBase, renderInline } from "./inline.ts";

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+-]*)[^`]*$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** Renders Markdown as GitHub shows a comment. Safe for any text: unknown HTML is shown, not obeyed. */
export const renderMarkdown = (text: string, base: LinkBase): string =>
  blocks(withoutComments(text.replace(/\r\n?/g, "\n")).split("\n"), base, 0);

/** Takes HTML comments out, but not those inside fenced code. */
const withoutComments = (text: string): string =>
  text
    .split(/^( {0,3}(?:```|~~~)[^\n]*\n[\s\S]*?(?:^ {0,3}(?:```|~~~)[ \t]*$|$(?![\s\S])))/m)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/<!--[\s\S]*?(?:-->|$(?![\s\S]))/g, "")))
    .join("");

const MAX_DEPTH = 20;

const blocks = (lines: string[], base: LinkBase, depth: number): string => {
  const out: string[] = [];
  let at = 0;
  while (at < lines.length) {
    const reader = depth < MAX_DEPTH ? READERS.find((candidate) => candidate.starts(lines, at)) : undefined;
    const { html, next } = (reader ?? PARAGRAPH).read(lines, at, base, depth);
    out.push(html);
    at = Math.max(next, at + 1);
  }
  return out.filter(Boolean).join("\n");
};

interface Reader {
  starts(lines: string[], at: number): boolean;
  read(lines: string[], at: number, base: LinkBase, depth: number): { html: string; next: number };
}

const lineAt = (lines: string[], at: number): string => lines[at] ?? "";

/** Index of the first line from `at` on that `ends`, or the end. */
const until = (lines: string[], at: number, ends: (line: string, index: number) => boolean): number => {
  const found = lines.findIndex((line, index) => index >= at && ends(line, index));
  return found < 0 ? lines.length : found;
};

const blank: Reader = {
  starts: (lines, at) => lineAt(lines, at).trim() === "",
  read: (_, at) => ({ html: "", next: at + 1 }),
};

const fence: Reader = {
  starts: (lines, at) => FENCE.test(lineAt(lines, at)),
  read: (lines, at) => {
    const marks = FENCE.exec(lineAt(lines, at))?.[1] ?? "```";
    const end = until(lines, at + 1, (line) => line.trim().startsWith(marks) && /^[`~]+$/.test(line.trim()));
    const code = lines.slice(at + 1, end).join("\n");
    return { html: `<pre><code>${escapeHtml(code)}</code></pre>`, next: end + 1 };
  },
};

const heading: Reader = {
  starts: (lines, at) => /^ {0,3}#{1,6}\s/.test(lineAt(lines, at)),
  read: (lines, at, base) => {
    const [, marks = "#", text = ""] = /^\s*(#+)\s+(.*?)\s*#*$/.exec(lineAt(lines, at)) ?? [];
    return { html: `<h${marks.length}>${renderInline(text, base)}</h${marks.length}>`, next: at + 1 };
  },
};

const rule: Reader = {
  starts: (lines, at) => RULE.test(lineAt(lines, at)),
  read: (_, at) => ({ html: "<hr>", next: at + 1 }),
};

const quote: Reader = {
  starts: (lines, at) => /^ {0,3}>/.test(lineAt(lines, at)),
  read: (lines, at, base, depth) => {
    const end = until(lines, at, (line) => !/^ {0,3}>/.test(line));
    const inner = lines.slice(at, end).map((line) => line.replace(/^ {0,3}> ?/, ""));
    return { html: `<blockquote>${blocks(inner, base, depth + 1)}</blockquote>`, next: end };
  },
};

const details: Reader = {
  starts: (lines, at) => /^\s*<details(\s+open)?>/i.test(lineAt(lines, at)),
  read: (lines, at, base, depth) => {
    let open = 0;
    const end = until(lines, at, (line) => {
      open += (line.match(/<details(\s+open)?>/gi) ?? []).length - (line.match(/<\/details>/gi) ?? []).length;
      return open <= 0;
    });
    const whole = lines.slice(at, end + 1).join("\n");
    const inside = whole.replace(/^\s*<details(\s+open)?>/i, "").replace(/<\/details>\s*$/i, "");
    const [, summary = "Details"] = /^\s*<summary>([\s\S]*?)<\/summary>/i.exec(inside) ?? [];
    const body = inside.replace(/^\s*<summary>[\s\S]*?<\/summary>/i, "");
    const head = `<summary>${renderInline(summary.trim(), base)}</summary>`;
    const isOpen = /^\s*<details\s+open>/i.test(whole) ? " open" : "";
    return {
      html: `<details${isOpen}>${head}${blocks(body.split("\n"), base, depth + 1)}</details>`,
      next: end + 1,
    };
  },
};

const cells = (line: string): string[] =>
  line
    .trim()
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));

const table: Reader = {
  starts: (lines, at) => lineAt(lines, at).includes("|") && TABLE_RULE.test(lineAt(lines, at + 1)),
  read: (lines, at, base) => {
    const end = until(lines, at + 2, (line) => !line.includes("|") || line.trim() === "");
    const row = (line: string, tag: "th" | "td") =>
      `<tr>${cells(line)
        .map((cell) => `<${tag}>${renderInline(cell, base)}</${tag}>`)
        .join("")}</tr>`;
    const body = lines.slice(at + 2, end).map((line) => row(line, "td"));
    const head = row(lineAt(lines, at), "th");
    const html = `<div class="table"><table><thead>${head}</thead><tbody>${body.join("")}</tbody></table></div>`;
    return { html, next: end };
  },
};

const list: Reader = {
  starts: (lines, at) => ITEM.test(lineAt(lines, at)) && !RULE.test(lineAt(lines, at)),
  read: (lines, at, base, depth) => {
    const [, indent = "", mark = "-"] = ITEM.exec(lineAt(lines, at)) ?? [];
    const isNumbered = /\d/.test(mark);
    const continues = (line: string): boolean => {
      const item = ITEM.exec(line);
      if (item && (item[1] ?? "").length <= indent.length) return /\d/.test(item[2] ?? "") === isNumbered;
      return line.startsWith(`${indent}  `);
    };
    const end = until(
      lines,
      at + 1,
      (line, index) => !continues(line) && !(line.trim() === "" && continues(lineAt(lines, index + 1))),
    );
    const items = split(lines.slice(at, end), indent.length).map((item) => itemHtml(item, base, depth));
    const tag = isNumbered ? "ol" : "ul";
    const start = isNumbered ? ` start="${Number.parseInt(mark, 10)}"` : "";
    return { html: `<${tag}${start}>${items.join("")}</${tag}>`, next: end };
  },
};

/** Splits the lines of a list into its items; the marks and indents are taken off. */
const split = (lines: string[], indent: number): string[][] => {
  const items: string[][] = [];
  for (const line of lines) {
    const item = ITEM.exec(line);
    if (item && (item[1] ?? "").length <= indent) items.push([item[3] ?? ""]);
    else items.at(-1)?.push(line.replace(/^ {1,4}/, ""));
  }
  return items;
};

const itemHtml = (lines: string[], base: LinkBase, depth: number): string => {
  const [first = "", ...rest] = lines;
  const task = /^\[([ xX])\]\s+(.*)$/.exec(first);
  const box = task ? `<input type="checkbox" disabled${task[1] === " " ? "" : " checked"}> ` : "";
  const html = blocks([task ? (task[2] ?? "") : first, ...rest], base, depth + 1);
  // A single paragraph stands in its item without the space around a paragraph.
  const tight = html.replace(/^<p>([\s\S]*?)<\/p>/, "$1");
  return `<li>${box}${tight}</li>`;
};

const READERS: Reader[] = [blank, fence, heading, rule, details, quote, table, list];

const PARAGRAPH: Reader = {
  starts: () => true,
  read: (lines, at, base) => {
    const end = until(lines, at + 1, (_, index) => READERS.some((reader) => reader.starts(lines, index)));
    const text = lines.slice(at, end).map((line) => renderInline(line.trim(), base));
    return { html: `<p>${text.join("<br>\n")}</p>`, next: end };
  },
};
