/** For Slack's mrkdwn: `& < >` as entities, so that `<!channel>` and links in hostile text stay text. */
export const escapeSlack = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** What a person typed, of the text that Slack tells of it: there `& < >` are entities. */
export const unescapeSlack = (text: string): string =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** What turns the order of a line around, so that a name reads as another. */
const TURNS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** For a code span in Slack: escaped, and without the back tick that would end it. */
export const slackCode = (text: string): string =>
  `\`${escapeSlack(text.replaceAll("`", "'").replace(TURNS, " ").replace(/\s+/g, " "))}\``;

/** For a code block in Slack. */
export const slackPre = (text: string): string =>
  `\`\`\`\n${escapeSlack(text.replaceAll("```", "'''").replace(TURNS, "\uFFFD"))}\n\`\`\``;

/**
 * For GitHub Markdown outside code: HTML, mentions, issue references and closing words of strangers lose their
 * force (a zero-width space after `@` and `#`), and marks of ours cannot be forged.
 */
export function escapeMarkdown(text: string): string {
  return disarm(text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")).replace(
    /([\\`*_[\]|~])/g,
    "\\$1",
  );
}

const ZERO_WIDTH = "\u200b";

const CLOSING =
  /\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?)(?=[^\p{L}\p{N}\n]{1,20}https?:\/\/[^\s<>|]{1,300}?\/(?:issues|pulls?|-\/merge_requests)\/\d)/giu;

/** Takes the force to close from a word such as `fixes` that stands before an issue's address. */
export const closingNothing = (text: string): string =>
  text.replace(CLOSING, (word) => `${word[0]}${ZERO_WIDTH}${word.slice(1)}`);

/**
 * Makes `@name`, `#12`, `GH-12`, `owner/repo#12` and words that close what an address behind them names harmless but
 * readable; formatting stays.
 */
export function disarm(text: string): string {
  return closingNothing(text)
    .replace(/@(?=[A-Za-z0-9])/g, `@${ZERO_WIDTH}`)
    .replace(/#(?=\d)/g, `#${ZERO_WIDTH}`)
    .replace(/\bGH-(?=\d)/gi, (match) => `${match}${ZERO_WIDTH}`)
    .replace(/<!--/g, "&lt;!--");
}

/** A code span in Markdown: the fence is longer than any run of back ticks inside. */
export function markdownCode(text: string): string {
  const flat = text.replace(/\s+/g, " ");
  const fence = "`".repeat(longestRun(flat) + 1);
  const pad = flat.startsWith("`") || flat.endsWith("`") ? " " : "";
  return `${fence}${pad}${flat}${pad}${fence}`;
}

/** A code span within a table, where a bar would end the cell; a backslash before it would take its escape away. */
export const markdownCell = (text: string): string =>
  markdownCode(text)
    .replace(/\\(?=\|)/g, "\\ ")
    .replaceAll("|", "\\|");

/** A fenced block in Markdown that its content cannot leave. */
export function markdownBlock(text: string, language = ""): string {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text.replace(TURNS, "\uFFFD")}\n${fence}`;
}

const longestRun = (text: string): number =>
  (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
