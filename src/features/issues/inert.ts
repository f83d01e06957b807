import { disarm, markdownBlock } from "../../kernel/text/escape.ts";
import { noOrders } from "../../kernel/text/harmless.ts";

/** Code in Markdown: a fenced block, closed or not, or a span on one line. */
const CODE =
  /^ {0,3}(`{3,}|~{3,})([^\n`]*)\n([\s\S]*?)(?:^ {0,3}\1[`~]*[ \t]*$|(?![\s\S]))|(`+)(?!`)[^\n]*?(?<!`)\4(?!`)/gm;

/**
 * A model's Markdown without force: its text may quote a stranger's. Emphasis, lists and code stay. No link, image,
 * HTML, heading, mention, reference or order to another bot is left, and a block that it leaves open is closed.
 */
export function inertMarkdown(text: string): string {
  // a backslash before a back tick would make what follows code for one reader of Markdown and none for another
  const source = text
    .replaceAll("\r\n", "\n")
    .replace(/\\+(?=`)/g, "")
    .trim();
  let out = "";
  let from = 0;
  for (const match of source.matchAll(CODE)) {
    out += words(source.slice(from, match.index));
    // blocks are written anew from the first column: inside of a list they could end before their fence does
    out =
      match[1] === undefined
        ? out + span(match[0])
        : `${out.trimEnd()}\n\n${block(match[2] ?? "", match[3] ?? "")}\n`;
    from = match.index + match[0].length;
  }
  return noOrders((out + words(source.slice(from))).trim());
}

/** In a table a bar ends the cell, and what is behind it is no code. */
const span = (code: string): string =>
  code.includes("|") ? disarm(code).replace(/<(?=[a-z!/?])/gi, "<\u200b") : code;

const block = (info: string, content: string): string =>
  markdownBlock(content.replace(/\n$/, ""), /^\s*(\w{1,20})/.exec(info)?.[1] ?? "");

function words(text: string): string {
  const plain = text
    .replace(/&(?=#|\w)/g, "&amp;")
    .replaceAll("<", "&lt;")
    .replace(/[[\]`]/g, "\\$&")
    .replace(/^([ \t]*)(#{1,6})(?=\s)/gm, "$1\\$2")
    .replace(/^([ \t]*)(=+|-+|[*_]{3,})[ \t]*$/gm, "$1\\$2")
    .replace(/\b(?:(?:https?|ftp):\/\/|www\.)/gi, (start) => start.replace(/[:.]/, "$&\u200b"));
  return disarm(plain);
}
