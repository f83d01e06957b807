import { clamp } from "./clamp.ts";
import { disarm } from "./escape.ts";
import { redact } from "./redact.ts";

const ZERO_WIDTH = "\u200b";

/** Accounts that obey whoever mentions them, wherever their name stands. */
const OBEDIENT =
  "dependabot|renovate|mergify|mergifyio|bors|homu|copilot|claude|codex|cursor|coderabbitai|gemini-[a-z-]+|[a-z\\d-]*bot";
/** What may stand before a command on its line: lists, quotes, spaces. */
const BEFORE = "^([>*+\\t\\p{Zs}-]*)";
/** A command's name, not a path. */
const SLASHED = new RegExp(`${BEFORE}\\/(?=[a-z][\\w-]*(?![\\w/.-]))`, "gimu");
const MENTIONED = new RegExp(`@(?=(?:${OBEDIENT})(?![\\w-]))`, "gi");
const CHECKS = "(?:build|test|check|ci|all|perf|smoke|e2e)[\\w-]*";
const SPELLED = new RegExp(
  `${BEFORE}(b(?=ors[ \\t]+(?:r[+=-]|try|merge|delegate|retry|p=))|r(?=(?:er)?un[ \\t]+${CHECKS}[ \\t]*$))`,
  "gimu",
);
/** What Jenkins' pull request builder looks for anywhere in a comment. */
const PHRASES = /[toa](?=est\W+this\W+please|k\W+to\W+test|dd\W+to\W+whitelist)/gi;
/** Entities that become a sign with force only where they are shown, past all that looks at the text before. */
const ENTITIES = /&(?=#\w{1,8};|(?:commat|num|sol|excl|lsqb|lbrack|colon);)/gi;

/**
 * Text that is to stand on the forge under our name, in which no word is an order to another bot any more: those read
 * the raw text, code blocks included. A zero-width space goes into what they look for (`/lgtm` at a line's beginning,
 * `@dependabot merge`, `retest this please`, `bors r+`); paths such as `/usr/bin` stay as they are.
 */
export const noOrders = (text: string): string =>
  text
    .replace(SLASHED, `$1${ZERO_WIDTH}/`)
    .replace(MENTIONED, `@${ZERO_WIDTH}`)
    .replace(SPELLED, `$1$2${ZERO_WIDTH}`)
    .replace(PHRASES, `$&${ZERO_WIDTH}`);

/**
 * Text that is no Markdown but counts on the forge all the same, such as a commit's message or a title: it mentions
 * nobody, closes nothing once it is merged, and gives no order.
 */
export const forceless = (text: string): string => noOrders(disarm(text));

/**
 * A model's Markdown as it may stand under our own name. It may quote a stranger, or obey one: secrets go; mentions,
 * issue references, HTML and words that other bots obey (`/lgtm` at a line's beginning) lose their force; pictures,
 * which a reader's client would fetch, become links, and only addresses that begin with one of `ours` stay links.
 */
export function harmless(markdown: string, ours: readonly string[], max: number): string {
  const known = (url: string) =>
    URL.canParse(url) && ours.some((prefix) => new URL(url).href.startsWith(prefix));
  const shown = disarm(
    redact(clamp(markdown.trim(), max))
      .replaceAll("\r\n", "\n")
      .replace(/(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "")
      .replace(/!(?=\[)/g, "")
      .replace(/<(https?:\/\/[^>\s]+)>/gi, "$1")
      .replace(/\[([^\]\n]*)\]\(([^)\s]*)[^)\n]*\)/g, (_, words: string, url: string) =>
        known(url) ? `[${words}](${url})` : `${words} (${url})`,
      )
      .replace(/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s<>()[\]"'`]+/gi, (url) =>
        known(url) ? url : url.replace("://", `:${ZERO_WIDTH}//`),
      )
      .replace(/\bwww\.(?=\S)/gi, `www${ZERO_WIDTH}.`)
      .replace(/<(?=[a-z/?]|![a-z])/gi, `<${ZERO_WIDTH}`)
      .replace(ENTITIES, "&amp;"),
  );
  return noOrders(shown);
}
