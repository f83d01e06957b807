import { escapeSlack } from "../../kernel/text/escape.ts";
import type { Kept } from "./kept.ts";

const ENTITIES: Record<string, string> = {
  ...{ lt: "<", gt: ">", amp: "&", quot: '"', apos: "'", nbsp: " ", copy: "©", reg: "®", trade: "™" },
  ...{ hellip: "…", mdash: "—", ndash: "–", bull: "•", middot: "·", times: "×", deg: "°", plusmn: "±" },
  ...{ larr: "←", rarr: "→", uarr: "↑", darr: "↓", check: "✓", cross: "✗", le: "≤", ge: "≥", ne: "≠" },
  ...{ lsquo: "‘", rsquo: "’", ldquo: "“", rdquo: "”", laquo: "«", raquo: "»", sect: "§", euro: "€" },
};

/** Entities of HTML as the signs that GitHub shows for them. */
export function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|([a-z]{2,6}));/gi, (all, ten, sixteen, name) => {
    if (name !== undefined) return ENTITIES[String(name).toLowerCase()] ?? all;
    const point = ten === undefined ? Number.parseInt(sixteen, 16) : Number(ten);
    return point > 0x1f && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xf8ff)
      ? String.fromCodePoint(point)
      : all;
  });
}

/** Markdown without its marks, for places that know none: cells of tables, words of links. */
export const plain = (text: string): string =>
  decoded(
    text
      .replace(/!?\[([^[\]\n]*)\]\([^()\s]*\)/g, "$1")
      .replace(/<br\s*\/?>/gi, " ")
      .replace(/`+/g, "")
      .replace(/\*\*|__|~~/g, "")
      .replace(/(?<![\w*])\*([^*\n]+)\*(?![\w*])/g, "$1"),
  );

/** Takes code spans out: back ticks and as many again, within a paragraph. */
export function spans(text: string, kept: Kept): string {
  const runs = [...text.matchAll(/`+/g)].map((run) => ({ at: run.index, length: run[0].length }));
  const next = new Map<number, number>();
  const partner = new Array<number>(runs.length).fill(-1);
  for (let index = runs.length - 1; index >= 0; index -= 1) {
    const length = runs[index]?.length ?? 0;
    partner[index] = next.get(length) ?? -1;
    next.set(length, index);
  }
  let out = "";
  let from = 0;
  for (let index = 0; index < runs.length; index += 1) {
    const run = runs[index];
    const end = runs[partner[index] ?? -1];
    if (run === undefined || end === undefined || run.at < from || text[run.at - 1] === "\\") continue;
    const content = text.slice(run.at + run.length, end.at);
    if (content.includes("\n\n")) continue;
    const flat = content.replace(/\s*\n\s*/g, " ").replaceAll("`", "'");
    const trimmed = run.length > 1 ? flat.trim() : flat;
    out += text.slice(from, run.at) + kept.keep(`\`${escapeSlack(trimmed)}\``);
    from = end.at + end.length;
  }
  return out + text.slice(from);
}

const ADDRESS = "https?:\\/\\/(?:[^()\\s<>\\ue000]|\\([^()\\s<>]*\\))+";
const TITLE = "(?:\\s+(?:\"[^\"\\n]*\"|'[^'\\n]*'))?";
const WORDS = "((?:[^[\\]\\n]|\\[[^[\\]\\n]*\\]){0,1000})";
const IMAGE = new RegExp(`!\\[([^[\\]\\n]{0,1000})\\]\\(\\s*<?(${ADDRESS})>?${TITLE}\\s*\\)`, "g");
const LINKED_IMAGE = new RegExp(
  `\\[\\s*!\\[([^[\\]\\n]{0,1000})\\]\\([^()\\s]*${TITLE}\\)\\s*\\]\\(\\s*<?(${ADDRESS})>?${TITLE}\\s*\\)`,
  "g",
);
const LINK = new RegExp(`\\[${WORDS}\\]\\(\\s*<?(${ADDRESS})>?${TITLE}\\s*\\)`, "g");
const DEFINITION = new RegExp(`^ {0,3}\\[([^\\]\\n^]{1,200})\\]:\\s*<?(${ADDRESS})>?${TITLE}[ \\t]*$`, "gm");

/** Links and images become Slack's links, and addresses by themselves stay as they are. Only the web's are links. */
export function links(text: string, kept: Kept): string {
  const defined = new Map<string, string>();
  const without = text.replace(DEFINITION, (_, name: string, url: string) => {
    defined.set(name.toLowerCase(), url);
    return "";
  });
  const link = (url: string, words: string, otherwise: string) =>
    kept.keep(`<${address(url)}|${words.trim() === "" ? otherwise : label(words, kept)}>`);
  return without
    .replace(LINKED_IMAGE, (_, alt: string, url: string) => link(url, alt, "image"))
    .replace(IMAGE, (_, alt: string, url: string) => link(url, alt, "image"))
    .replace(LINK, (_, words: string, url: string) => link(url, words, address(url)))
    .replace(
      /\[([^[\]\n]{1,500})\](?:\[([^[\]\n]{0,200})\])?/g,
      (all: string, words: string, name?: string) => {
        const url = defined.get((name || words).toLowerCase());
        return url === undefined ? all : link(url, words, address(url));
      },
    )
    .replace(/<(https?:\/\/[^\s<>|]+)>/g, (_, url: string) => kept.keep(escapeSlack(decoded(url))))
    .replace(/<(?:mailto:)?([\w.+-]{1,64}@[\w.-]{1,200})>/g, "$1")
    .replace(/\bhttps?:\/\/[^\s<>|"`\ue000]*[^\s<>|"`\ue000.,:;!?)\]'*_~]/g, (url) =>
      kept.keep(escapeSlack(decoded(url))),
    );
}

const label = (words: string, kept: Kept): string =>
  kept
    .restore(escapeSlack(plain(words)))
    .replaceAll("`", "")
    .replaceAll("|", "¦")
    // a link within the words would end the link around them
    .replace(/<[^<>|]*¦?([^<>]*)>/g, "$1");

const address = (url: string): string =>
  escapeSlack(decoded(url).replace(/[<>|"`\s]/g, (sign) => encodeURIComponent(sign)));

const QUOTE = /<blockquote>([^<]{0,5000})<\/blockquote>/gi;
/** Tags that begin and end lines, and those between which a space stands. */
const BLOCKS =
  /<\/?(?:details|summary|p|div|center|dl|dt|dd|table|thead|tbody|tr)(?:\s[^<>\n]{0,500})?\s*\/?>/gi;
const CELLS = /<\/?(?:td|th)(?:\s[^<>\n]{0,500})?>/gi;
const DROPPED =
  /<\/?(?:sub|sup|span|picture|source|ul|ol|font|small|big|u|ins|var|q|mark|abbr|g-emoji)(?:\s[^<>\n]{0,500})?\s*\/?>/gi;

/** A tag that stands on its own line breaks none; two that meet break one. */
function blockTags(text: string): string {
  const quoted = text.replace(QUOTE, (_, inside: string) => `\n${inside.trim().replace(/^/gm, "> ")}\n`);
  const broken = quoted.replace(BLOCKS, "\ue006").replace(CELLS, "\ue007");
  return broken
    .replace(/\ue007+(?=\ue006|\n|$)|(?<=\ue006|\n|^)\ue007+/g, "")
    .replace(/[ \t]*\ue007+[ \t]*/g, " | ")
    .replace(/(?<=^|\n)[ \t]*\ue006[\ue006 \t]*|[ \t]*\ue006[\ue006 \t]*(?=\n|$)/g, "")
    .replace(/[ \t]*\ue006[\ue006 \t]*/g, "\n");
}

/** HTML that GitHub shows as formatting, as Markdown; every other tag stays text. */
export function html(text: string, kept: Kept): string {
  return blockTags(text)
    .replace(/<br\s*\/?>/gi, "\n")
    .replace(/<hr\s*\/?>/gi, "\n———\n")
    .replace(/\n?<li>\s*/gi, "\n- ")
    .replace(/<\/li>/gi, "")
    .replace(DROPPED, "")
    .replace(/<(b|strong)>([^<>\n]*)<\/\1>/gi, "**$2**")
    .replace(/<(i|em)>([^<>\n]*)<\/\1>/gi, "*$2*")
    .replace(/<(s|del|strike)>([^<>\n]*)<\/\1>/gi, "~~$2~~")
    .replace(/<h[1-6]>([^<>\n]*)<\/h[1-6]>/gi, "\n# $1\n")
    .replace(/<(code|kbd|samp|tt)>([^<>\n]*)<\/\1>/gi, (_, __, content: string) =>
      kept.keep(`\`${escapeSlack(decoded(content).replaceAll("`", "'"))}\``),
    )
    .replace(
      /<a\s[^<>\n]{0,500}?href=["']?(https?:\/\/[^\s"'<>]+)["']?[^<>\n]{0,500}>([^<>\n]*)<\/a>/gi,
      "[$2]($1)",
    )
    .replace(/<img\s([^<>\n]{1,1000})>/gi, (all: string, attributes: string) => {
      const src = /\bsrc=["']?(https?:\/\/[^\s"'<>]+)/i.exec(attributes)?.[1];
      const alt = /\balt=["']([^"'\n]*)["']/i.exec(attributes)?.[1] ?? "image";
      return src === undefined ? all : `![${alt.replace(/[[\]]/g, "")}](${src})`;
    })
    .replace(/<\/?(?:b|i|strong|em|s|del|strike|code|kbd)>/gi, "");
}
