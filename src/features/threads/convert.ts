import { escapeSlack } from "../../kernel/text/escape.ts";

/** Code spans and fenced blocks; at odd places after a split. */
const CODE = /(```[\s\S]*?```|`[^`\n]+`)/;

/**
 * Slack's mrkdwn as GitHub Markdown. Code is kept; elsewhere emphasis, links and entities are turned. Mentions are
 * turned into plain names before, by whoever knows them.
 */
export function toMarkdown(mrkdwn: string): string {
  return mrkdwn
    .split(CODE)
    .map((part, at) => (at % 2 === 1 ? unescapeSlack(openFence(part)) : textToMarkdown(part)))
    .join("");
}

/** GitHub Markdown as Slack's mrkdwn; HTML comments and folding lose their tags, all else is escaped. */
export function toMrkdwn(markdown: string): string {
  return markdown
    .replaceAll("\r\n", "\n")
    .replace(/<!--[\s\S]*?-->/g, "")
    .trim()
    .split(CODE)
    .map((part, at) =>
      at % 2 === 1 ? escapeSlack(part.replace(/^```[\w+-]*\n/, "```\n")) : textToMrkdwn(part),
    )
    .join("")
    .trim();
}

function textToMarkdown(text: string): string {
  return unescapeSlack(
    text
      .replace(/<(https?:\/\/[^|>\s]+)\|([^>]*)>/g, "[$2]($1)")
      .replace(/<(https?:\/\/[^|>\s]+)>/g, "$1")
      .replace(/<(?:mailto|tel):[^|>\s]+\|([^>]*)>/g, "$1")
      .replace(/<!(channel|here|everyone)(?:\|[^>]*)?>/g, "@$1")
      .replace(/<#[A-Z0-9]+\|([^>]+)>/g, "#$1")
      .replace(/(^|[\s(])\*(?=\S)([^*\n]+?)\*(?=$|[\s).,:;!?])/gm, "$1**$2**")
      .replace(/(^|[\s(])_(?=\S)([^_\n]+?)_(?=$|[\s).,:;!?])/gm, "$1*$2*")
      .replace(/(^|[\s(])~(?=\S)([^~\n]+?)~(?=$|[\s).,:;!?])/gm, "$1~~$2~~")
      .replace(/^(\s*)• /gm, "$1- ")
      .replace(/^&gt; ?/gm, "> "),
  ).replace(/<(?=[a-z!/])/gi, "&lt;");
}

function textToMrkdwn(text: string): string {
  const bold = "\u0001";
  const plain = text
    .replace(/<br\s*\/?>/gi, "\n")
    .replace(/<\/?(details|summary|p|sub|sup|b|i)\s*\/?>/gi, "")
    .replace(/<(https?:\/\/[^|>\s]+)>/g, "$1");
  return escapeSlack(unescapeSlack(plain))
    .replace(/^&gt; ?/gm, "> ")
    .replace(/^#{1,6} +(.+)$/gm, `${bold}$1${bold}`)
    .replace(/^(\s*)[-*+] +/gm, "$1• ")
    .replace(/!?\[([^\]\n]*)\]\((https?:\/\/(?:[^()\s]|\([^()\s]*\))+)\)/g, "<$2|$1>")
    .replace(/\*\*(?=[^\s*])((?:[^*\n]|\*(?!\*))+?)\*\*/g, `${bold}$1${bold}`)
    .replace(/\b__(?=\S)([^_\n]+?)__\b/g, `${bold}$1${bold}`)
    .replace(/(^|[^*\w])\*(?=\S)([^*\n]+?)\*(?![*\w])/g, "$1_$2_")
    .replaceAll(bold, "*")
    .replace(/~~(?=\S)([^~\n]+?)~~/g, "~$1~");
}

/** GitHub wants the fence of a block on a line of its own. */
const openFence = (code: string): string =>
  code.startsWith("```") ? `\`\`\`\n${code.slice(3, -3).replace(/^\n|\n$/g, "")}\n\`\`\`` : code;

const unescapeSlack = (text: string): string =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
