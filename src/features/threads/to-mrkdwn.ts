import { escapeSlack } from "../../kernel/text/escape.ts";
import { noOrders } from "../../kernel/text/harmless.ts";
import { emojiToSlack } from "./emoji-names.ts";
import { cleaned, Kept } from "./kept.ts";
import { blocksKept } from "./markdown-blocks.ts";
import { decoded, html, links, spans } from "./markdown-inline.ts";

/** Stands for the star of bold text until italics are done. */
const BOLD = "\ue003";

/**
 * GitHub Markdown as Slack's mrkdwn, with everything escaped that Slack could take for a command of its own. Tables
 * become blocks of code, images links; what GitHub hides is left out.
 */
export function toMrkdwn(markdown: string): string {
  const kept = new Kept();
  const blocks = blocksKept(cleaned(markdown), kept);
  const shown = html(spans(blocks, kept).replace(/<!--[\s\S]*?(?:-->|$)/g, ""), kept);
  const signs = shown.replace(/\\([!-/:-@[-`{-~])/g, (_, sign: string) => kept.keep(escapeSlack(sign)));
  const marked = emphasis(lines(links(signs, kept)));
  const escaped = escapeSlack(decoded(emojiToSlack(marked)));
  const text = kept.restore(escaped.replaceAll(BOLD, "*").replace(/^&gt; ?/gm, "> "));
  // other bots may carry it back to the forge
  return noOrders(text.replace(/\n{3,}/g, "\n\n").trim());
}

/** Headings, rules and lists, which Slack has no marks for. */
function lines(text: string): string {
  const out: string[] = [];
  for (const whole of text.split("\n")) {
    // at a line's end they force a break, which is there anyway
    const line = whole.replace(/(?:[ \t]+|\\)$/, "");
    const above = out.at(-1) ?? "";
    const underlined = /^ {0,3}(?:=+|-{2,})\s*$/.test(line) && /^[^\s•>]/.test(above) && !isBold(above);
    if (underlined) out[out.length - 1] = bold(above);
    else out.push(block(line));
  }
  return out.join("\n");
}

const isBold = (line: string): boolean => line.startsWith(BOLD) && line.endsWith(BOLD);
const bold = (text: string): string => `${BOLD}${text.replace(/\*\*|__/g, "").trim()}${BOLD}`;

function block(line: string): string {
  const [, quote = "", rest = ""] = /^((?: {0,3}> ?)*)(.*)$/.exec(line) ?? [];
  const title = /^ {0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/.exec(rest)?.[1];
  if (title !== undefined && title !== "") return `${quote}${bold(title)}`;
  if (/^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$/.test(rest)) return `${quote}———`;
  const alert = /^\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*$/i.exec(rest)?.[1];
  if (quote !== "" && alert !== undefined) return `${quote}${bold(alert)}`;
  const item = rest
    .replace(/^(\s*)(?:[-*+]|\d+[.)])[ \t]+\[ \][ \t]+/, "$1☐ ")
    .replace(/^(\s*)(?:[-*+]|\d+[.)])[ \t]+\[[xX]\][ \t]+/, "$1☑ ")
    .replace(/^(\s*)[-*+][ \t]+/, "$1• ");
  return `${quote}${item}`;
}

/** Emphasis by stars and underlines; what is both gets both of Slack's marks. */
function emphasis(text: string): string {
  return text
    .replace(/(?<![*\w])\*\*\*(?=[^\s*])([^*\n]+)\*\*\*(?!\*)/g, `_${BOLD}$1${BOLD}_`)
    .replace(/(?<![*\w])\*(?=[^\s*])([^*\n]*[^\s*])\*(?=\*\*(?!\*))/g, "_$1_")
    .replace(/\*\*(?=[^\s*])((?:[^*\n]|\*(?!\*))+?)\*\*/g, `${BOLD}$1${BOLD}`)
    .replace(/(?<![\w_])__(?=[^\s_])([^_\n]+|[^\n]{1,500}?[^\s_])__(?![\w_])/g, `${BOLD}$1${BOLD}`)
    .replace(/(?<![*\w])\*(?=[^\s*])([^*\n]*[^\s*])\*(?![*\w])/g, "_$1_")
    .replace(/~~(?=\S)([^~\n]+?)~~/g, "~$1~");
}
