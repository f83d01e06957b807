import { clamp } from "../../kernel/text/clamp.ts";
import { disarm, escapeMarkdown, escapeSlack } from "../../kernel/text/escape.ts";
import type { Visibility } from "../../ports/forge.ts";
import { toMarkdown, toMrkdwn } from "./convert.ts";
import { splitMrkdwn } from "./split.ts";

/** Where a thread's issue is, and who may read there; null: that was not told. */
export interface Mirror {
  url: string;
  repo: string;
  visibility: Visibility | null;
}

const READERS: Record<Visibility, string> = {
  public: "which is public",
  private: "which is private",
  internal: "which your whole company may read",
};

/** First message of each thread: says plainly what is mirrored, and who can read it there. */
export function introText(relay: "both" | "to_slack" | "off", issue: Mirror | null): string {
  const it = issue === null ? "the issue" : `<${issue.url}|the issue>`;
  const readers = issue === null || issue.visibility === null ? "" : `, ${READERS[issue.visibility]}`;
  const where = issue === null ? it : `${it} on ${escapeSlack(issue.repo)}${readers}`;
  const words = "Mention me with a word such as `approve`, `explain` or `help` to have something done.";
  if (relay === "both") {
    return (
      `:link: What you write in this thread is mirrored, under your name, to ${where}; comments there appear here. ` +
      `Begin a message with \`//\` to keep it in Slack. ${words}`
    );
  }
  const way =
    relay === "to_slack"
      ? `What is said on ${it} appears here; replies stay in Slack.`
      : "Replies stay in Slack.";
  return `:link: ${way} ${words}`;
}

/** The same below a card that was posted because somebody deleted the one before it. */
export const againText: typeof introText = (relay, issue) =>
  ":wastebasket: The card before this one was deleted, so the finding goes on here. What is written in the earlier thread " +
  `is still heard.\n${introText(relay, issue)}`;

/** A Slack message as it stands on GitHub: who said it, where, and what, with no force to mention or close. */
export function relayedToGitHub(message: {
  name: string;
  login: string | null;
  text: string;
  permalink: string;
}): string {
  const name = escapeMarkdown(message.name.replace(/\s+/g, " "));
  const who = message.login === null ? name : `${name} (${disarm(`@${message.login}`)})`;
  const text = clampBlocks(toMarkdown(message.text), 60_000);
  return `**${who}** in [Slack](${message.permalink}):\n\n${text}`;
}

/** Longest text of one message: Slack edits none above 4,000. */
const MOST_TEXT = 3900;
/** Messages that one comment becomes at most: a longer one is to be read where it stands. */
const MOST_PARTS = 6;

/** A comment as it stands in the thread: one message, or several where it is long. `forge`: where it was made. */
export function relayedToSlack(comment: {
  author: string;
  url: string;
  body: string;
  forge: string;
}): string[] {
  const author = escapeSlack(comment.author);
  const first = `:speech_balloon: *${author}* <${comment.url}|on ${comment.forge}>:\n`;
  const further = (part: number) => `:speech_balloon: *${author}*, part ${part}:\n`;
  const rest = `\n… <${comment.url}|the rest is on ${comment.forge}>`;
  const room = MOST_TEXT - Math.max(first.length, further(MOST_PARTS).length) - rest.length;
  const pieces = splitMrkdwn(toMrkdwn(comment.body), room);
  const shown = pieces.length === 0 ? [""] : pieces.slice(0, MOST_PARTS);
  return shown.map((piece, at) => {
    const cut = at === MOST_PARTS - 1 && pieces.length > MOST_PARTS;
    return `${at === 0 ? first : further(at + 1)}${piece}${cut ? rest : ""}`;
  });
}

/** Cuts Markdown and closes a fenced block that the cut left open, or what follows would be code as well. */
function clampBlocks(markdown: string, max: number): string {
  const cut = clamp(markdown, max);
  if (cut === markdown) return cut;
  const fences = cut.match(/^`{3,}/gm) ?? [];
  return fences.length % 2 === 0 ? cut : `${cut}\n${fences.at(-1)}`;
}
