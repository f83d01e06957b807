import { clamp } from "./clamp.ts";
import { disarm } from "./escape.ts";
import { redact } from "./redact.ts";

const ZERO_WIDTH = "\u200b";

/**
 * A model's Markdown as it may stand under our own name. It may quote a stranger, or obey one: secrets go; mentions,
 * issue references, HTML and words that other bots obey (`/lgtm` at a line's beginning) lose their force; pictures,
 * which a reader's client would fetch, become links, and only addresses that begin with one of `ours` stay links.
 */
export function harmless(markdown: string, ours: readonly string[], max: number): string {
  const known = (url: string) =>
    URL.canParse(url) && ours.some((prefix) => new URL(url).href.startsWith(prefix));
  return disarm(
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
      .replace(/^([\s>*+-]*)\/(?=[a-z])/gim, `$1${ZERO_WIDTH}/`),
  );
}
