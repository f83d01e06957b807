import { disarm, unescapeSlack } from "../../kernel/text/escape.ts";
import { noOrders } from "../../kernel/text/harmless.ts";
import { emojiToGitHub } from "./emoji-names.ts";
import { cleaned, Kept } from "./kept.ts";

/**
 * Slack's mrkdwn as GitHub Markdown, without force to mention, close, forge or have other bots do something. Code and
 * addresses stay as they are, but for such orders.
 * Mentions of people are turned into names before, by whoever knows them.
 */
export function toMarkdown(mrkdwn: string): string {
  const kept = new Kept();
  const inert = tokens(code(cleaned(mrkdwn), kept), kept);
  return noOrders(kept.restore(disarm(emojiToGitHub(entities(emphasis(lines(inert)))))).trimEnd());
}

/** Blocks get lines and a fence of their own, as GitHub wants them; what is in them loses Slack's own marks alone. */
function code(text: string, kept: Kept): string {
  const inside = (content: string) =>
    unescapeSlack(content.replace(/<(https?:[^<>|\n]*)(?:\|([^<>\n]*))?>/g, (_, url, label) => label ?? url));
  return text
    .replace(/```([\s\S]*?)```/g, (match: string, content: string, at: number, all: string) => {
      if (content.trim() === "") return match;
      const before = at === 0 || all[at - 1] === "\n" ? "" : "\n";
      const next = all[at + match.length];
      const body = inside(content).replace(/^\n|\n$/g, "");
      return `${before}${kept.keep(`\`\`\`\n${body}\n\`\`\``)}${next === undefined || next === "\n" ? "" : "\n"}`;
    })
    .replace(/(?<!`)`([^`\n]+)`(?!`)/g, (_, content: string) => kept.keep(`\`${inside(content)}\``));
}

/** What Slack writes between angle brackets: links, people, channels, groups, dates; and addresses as they are. */
function tokens(text: string, kept: Kept): string {
  return text
    .replace(/<([^<>\n]+)>/g, (match: string, inner: string) => token(inner, kept) ?? match)
    .replace(/\bhttps?:\/\/[^\s<>|"`\ue000]+/g, (url) => kept.keep(address(url)));
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
  const words = kept.restore(entities(label)).replace(/([[\]\\])/g, "\\$1");
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
    .replace(/^(\s{0,3})(?=(?:=+|-+|[-_*](?:\s*[-_*]){2,})\s*$)/, "$1\\")
    .replace(/^(\s*)(?=```|~~~)/, "$1\\");
}

/** Slack's marks have no letter or digit beside them outside, and stay within a line. */
function emphasis(text: string): string {
  return text
    .replace(/(?<![\p{L}\p{N}*\\])\*(?=[^\s*])([^*\n]*[^\s*])\*(?![\p{L}\p{N}*])/gu, "**$1**")
    .replace(/(?<![\p{L}\p{N}_])_(?=[^\s_])([^_\n]*[^\s_])_(?![\p{L}\p{N}_])/gu, "*$1*")
    .replace(/(?<![\p{L}\p{N}~\\])~(?=[^\s~])([^~\n]*[^\s~])~(?![\p{L}\p{N}~])/gu, "~~$1~~");
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
