/** A piece of a line. */
export type Inline =
  | { kind: "text" | "code" | "strong" | "em"; text: string }
  | { kind: "link"; text: string; href: string };

export type Block =
  | { kind: "heading"; level: number; inline: Inline[] }
  | { kind: "paragraph" | "quote"; inline: Inline[] }
  | { kind: "list"; ordered: boolean; items: Inline[][] }
  | { kind: "code"; text: string };

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}(#{1,6})\s+(\S.*)$/;
const ITEM = /^\s{0,8}(?:([-*+])|\d{1,3}[.)])\s+(\S.*)$/;
const QUOTE = /^ {0,3}> ?(.*)$/;

/**
 * Reads the part of Markdown that analyses use: headings, lists, quotes, fenced code, and code, bold, italics and
 * links in a line. Anything else, HTML above all, stays the text that it is.
 */
export function parseMarkdown(source: string): Block[] {
  const lines = source.replaceAll("\r\n", "\n").split("\n");
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    if (line.trim() === "") {
      at += 1;
      continue;
    }
    const [block, next] = readBlock(lines, at);
    blocks.push(block);
    at = next;
  }
  return blocks;
}

function readBlock(lines: readonly string[], at: number): [Block, number] {
  const line = lines[at] ?? "";
  const fence = FENCE.exec(line)?.[1];
  if (fence !== undefined) {
    const end = lines.findIndex((other, index) => index > at && other.trim().startsWith(fence));
    const last = end === -1 ? lines.length : end;
    return [{ kind: "code", text: lines.slice(at + 1, last).join("\n") }, last + 1];
  }
  const [, marks, title] = HEADING.exec(line) ?? [];
  if (marks !== undefined && title !== undefined)
    return [{ kind: "heading", level: marks.length, inline: parseInline(title) }, at + 1];
  if (ITEM.test(line)) return readList(lines, at);
  const end = run(lines, at, QUOTE.test(line) ? (one) => QUOTE.test(one) : (one) => !starts(one));
  const quoted = QUOTE.test(line);
  const text = lines.slice(at, end).map((one) => (quoted ? (QUOTE.exec(one)?.[1] ?? "") : one.trim()));
  return [{ kind: quoted ? "quote" : "paragraph", inline: parseInline(text.join(" ")) }, end];
}

/** Items of one list; a line that begins nothing goes on with the item above it. */
function readList(lines: readonly string[], from: number): [Block, number] {
  const items: string[] = [];
  const ordered = ITEM.exec(lines[from] ?? "")?.[1] === undefined;
  let at = from;
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const item = ITEM.exec(line)?.[2];
    if (item !== undefined) items.push(item);
    else if (starts(line)) break;
    else items.push(`${items.pop() ?? ""} ${line.trim()}`);
  }
  return [{ kind: "list", ordered, items: items.map(parseInline) }, at];
}

/** True for a line that ends a paragraph. */
const starts = (line: string): boolean =>
  line.trim() === "" || FENCE.test(line) || HEADING.test(line) || ITEM.test(line) || QUOTE.test(line);

function run(lines: readonly string[], from: number, goesOn: (line: string) => boolean): number {
  let end = from + 1;
  while (end < lines.length && goesOn(lines[end] ?? "")) end += 1;
  return end;
}

// each alternative is bounded, so that a crafted line takes no longer than its length
const TOKEN =
  /(`{1,3})([^`]{1,500})\1|\*\*([^*]{1,500})\*\*|(?<![\w*])\*([^*\s][^*]{0,500})\*|\[([^\]]{1,300})\]\(<?(https?:\/\/[^\s)>]{1,1000})>?\)|(https?:\/\/[^\s<>)"'`]{0,999}[^\s<>)"'`.,;:!?])/g;

/** Outside code Markdown means the character by its entity; pages escape it in their own way. */
const plain = (text: string): string =>
  text.replace(/&(lt|gt|amp);/g, (_, name: string) => (name === "lt" ? "<" : name === "gt" ? ">" : "&"));

/** Splits a line into plain and marked pieces. */
export function parseInline(text: string): Inline[] {
  const pieces: Inline[] = [];
  let from = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (match.index > from) pieces.push({ kind: "text", text: plain(text.slice(from, match.index)) });
    pieces.push(pieceOf(match));
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push({ kind: "text", text: plain(text.slice(from)) });
  return pieces;
}

function pieceOf([whole, , code, strong, em, label, target, address]: RegExpExecArray): Inline {
  if (code !== undefined) return { kind: "code", text: code };
  if (strong !== undefined) return { kind: "strong", text: plain(strong) };
  if (em !== undefined) return { kind: "em", text: plain(em) };
  if (label !== undefined && target !== undefined) return { kind: "link", text: plain(label), href: target };
  return { kind: "link", text: whole, href: address ?? "" };
}
