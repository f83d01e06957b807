import { closingNothing, disarm, unescapeSlack } from "../../kernel/text/escape.ts";
import { noOrders } from "../../kernel/text/harmless.ts";
import { emojiToGitHub } from "./emoji-names.ts";
import { cleaned, Kept } from "./kept.ts";

/** Stand for marks until what only looks like one is escaped. */
const [BOLD, ITALIC, STRUCK] = ["\ue003", "\ue004", "\ue005"];

/**
 * Slack's mrkdwn as GitHub Markdown, without force to mention, close, forge or have other bots do something. Code and
 * addresses stay as they are, but for such orders.
 * Mentions of people are turned into names before, by whoever knows them.
 */
export function toMarkdown(mrkdwn: string): string {
  const kept = new Kept();
  const spoken = closingNothing(code(cleaned(mrkdwn), kept));
  // a tick or a backslash of theirs would make code for GitHub end where it does not here
  const literal = tokens(spoken, kept).replace(/`|\\(?=[!-/:-@[-`{-~\ue000])/g, (sign) =>
    kept.keep(`\\${sign}`),
  );
  return noOrders(kept.restore(disarm(emojiToGitHub(entities(emphasis(lines(literal)))))).trimEnd());
}

/** Links of Slack's within code: there they are what they show. */
const SHOWN = /<((?:https?|mailto|tel):[^<>|\n]*|#[A-Z0-9]+)(?:\|([^<>\n]*))?>/g;
const QUOTE = /^(?:&gt;|>) ?(?!&gt;)/;
const QUOTES = new RegExp(QUOTE, "gm");

/** Blocks get lines and a fence of their own, as GitHub wants them; what is in them loses Slack's own marks alone. */
function code(text: string, kept: Kept): string {
  const inside = (content: string) =>
    unescapeSlack(
      content.replace(SHOWN, (_, target: string, label?: string) =>
        target.startsWith("#") ? `#${label ?? "channel"}` : (label ?? target.replace(/^(?:mailto|tel):/, "")),
      ),
    );
  return text
    .replace(/```([\s\S]*?)```/g, (match: string, content: string, at: number, all: string) => {
      if (content.trim() === "") return match;
      const above = all.slice(all.lastIndexOf("\n", at - 1) + 1, at);
      const sign = QUOTE.exec(above)?.[0] ?? "";
      const body = inside(content.replace(/^\n|\n$/g, "").replace(sign === "" ? /^$/ : QUOTES, ""));
      // line by line, since each of a quote's has its own sign
      const lines = ["```", ...body.split("\n"), "```"].map((line) => kept.keep(line));
      const before = above === sign ? "" : `\n${sign}`;
      const next = all[at + match.length];
      return `${before}${lines.join(`\n${sign}`)}${next === undefined || next === "\n" ? "" : `\n${sign}`}`;
    })
    .replace(/(?<!`)`([^`\n]+)`(?!`)/g, (_, content: string) => {
      const shown = inside(content);
      // in a table GitHub takes a bar for the cell's end, and what is behind it for text
      return kept.keep(
        `\`${shown.includes("|") ? disarm(shown).replace(/<(?=[a-z!/?])/gi, "<\u200b") : shown}\``,
      );
    });
}

/** An address in running text: what ends a sentence, a link or a mark around it is none of it, nor is an entity's sign. */
const BARE =
  /\bhttps?:\/\/(?:(?!&[lg]t;)(?:[^\s<>|"`\ue000()[\]]|\([^\s<>|"`\ue000()[\]]*\)))*(?:\([^\s<>|"`\ue000()[\]]*\)|(?!&[lg]t;)[^\s<>|"`\ue000()[\].,:;!?'*_~])/g;

/** What Slack writes between angle brackets: links, people, channels, groups, dates; and addresses as they are. */
function tokens(text: string, kept: Kept): string {
  return text
    .replace(/<([^<>\n]+)>/g, (match: string, inner: string) => token(inner, kept) ?? match)
    .replace(BARE, (url) => kept.keep(address(url)));
}

function token(inner: string, kept: Kept): string | null {
  const bar = inner.indexOf("|");
  const [target, label] = bar < 0 ? [inner, null] : [inner.slice(0, bar), inner.slice(bar + 1)];
  if (/^https?:\/\//.test(target)) return kept.keep(link(target, label, kept));
  if (/^(mailto|tel):/.test(target)) return label ?? target.replace(/^\w+:/, "");
  if (target.startsWith("@")) return label === null ? target : `@${label.replace(/^@/, "")}`;
  if (/^#[A-Z0-9]+$/.test(target)) return label === null || label === "" ? "#channel" : `#${label}`;
  if (target.startsWith("!date^")) return label ?? moment(target);
  if (target.startsWith("!subteam^")) return label ?? "@group";
  if (/^![a-z]+$/.test(target)) return `@${target.slice(1)}`;
  return null;
}

/** A date without words for those who cannot show it. */
function moment(target: string): string {
  const seconds = Number(target.split("^")[1]);
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? "a date" : `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function link(url: string, label: string | null, kept: Kept): string {
  const to = address(url);
  if (label === null || label === "" || unescapeSlack(label) === to) return to;
  const words = kept
    .restore(entities(label))
    .replaceAll("`", "")
    .replace(/<(?=[a-z!/?])/gi, "&lt;")
    .replace(/([[\]\\])/g, "\\$1");
  return `[${disarm(words)}](${to.replaceAll("(", "%28").replaceAll(")", "%29")})`;
}

const address = (url: string): string =>
  unescapeSlack(url).replace(/[<>"`|\s\\]/g, (sign) => encodeURIComponent(sign));

/** Line by line: quotes, lists; and what Slack shows as it is but GitHub would make a heading, a rule or a fence of. */
function lines(text: string): string {
  const out: string[] = [];
  let quoting = false;
  let all = false;
  for (const raw of text.split("\n")) {
    const quote = all ? null : /^(?:&gt;|>)(?!&gt;&gt;)\s?(.*)$/.exec(raw);
    const rest = all ? null : /^(?:&gt;){3}\s?(.*)$/.exec(raw);
    if (rest !== null) all = true;
    const quoted = all || quote !== null;
    // a line right below a quote would become a part of it
    if (quoting && !quoted && raw.trim() !== "") out.push("");
    const line = block(rest?.[1] ?? quote?.[1] ?? raw);
    out.push(quoted ? `> ${line}`.trimEnd() : line);
    quoting = quoted;
  }
  return out.join("\n");
}

function block(line: string): string {
  return line
    .replace(/^(\s*)(?:[•◦▪‣⁃]\ufe0e?\s+)?☐\s+/u, "$1- [ ] ")
    .replace(/^(\s*)(?:[•◦▪‣⁃]\ufe0e?\s+)?[☑☒]\ufe0f?\s+/u, "$1- [x] ")
    .replace(/^(\s*)[•◦▪‣⁃]\ufe0e?\s+/u, "$1- ")
    .replace(
      /^( {2,}|\t+)([a-z])\. /,
      (_, indent: string, letter: string) => `${indent}${letter.charCodeAt(0) - 96}. `,
    )
    .replace(/^(\s{0,3})(?=#{1,6}(?:\s|$))/, "$1\\")
    .replace(/^(\s{0,3})(?=(?:=+|-+|([-_*])(?:\s*\2){2,})\s*$)/, "$1\\")
    .replace(/^(\s*)(?=```|~~~)/, "$1\\");
}

/**
 * Slack's marks have no letter or digit beside them outside, and stay within a line. What GitHub alone would take for
 * marks, as in `2*3*4`, `HEAD~1..HEAD~3` and `__init__`, stays a sign.
 */
function emphasis(text: string): string {
  return text
    .replace(/(?<![\p{L}\p{N}*\\])\*(?=[^\s*])([^*\n]*[^\s*])\*(?![\p{L}\p{N}*])/gu, `${BOLD}$1${BOLD}`)
    .replace(
      /(?<![\p{L}\p{N}_])_(?=[^\s_])((?:[^_\n]|(?<=[\p{L}\p{N}])_(?=[\p{L}\p{N}]))*[^\s_])_(?![\p{L}\p{N}_])/gu,
      `${ITALIC}$1${ITALIC}`,
    )
    .replace(/(?<![\p{L}\p{N}~\\])~(?=[^\s~])([^~\n]*[^\s~])~(?![\p{L}\p{N}~])/gu, `${STRUCK}$1${STRUCK}`)
    .replace(/(?<=[^\s*\\])\*(?!\*)|(?<=[^\s~\\])~(?!~)/g, "\\$&")
    .replace(/(?<![\p{L}\p{N}_\\])__(?=[^\s_])/gu, "\\_\\_")
    .replaceAll(BOLD, "**")
    .replaceAll(ITALIC, "*")
    .replaceAll(STRUCK, "~~");
}

/** Slack's three entities are signs; any other would become a sign only on GitHub, such as one that mentions. */
function entities(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
    .replace(/&(?=#?\w{1,32};)/g, "&amp;")
    .replace(/<(?=[a-z!/?\ue000])/gi, "&lt;");
}
