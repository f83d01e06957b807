import { clamp } from "../../kernel/text/clamp.ts";
import { disarm, escapeSlack } from "../../kernel/text/escape.ts";
import { toMarkdown, toMrkdwn } from "./convert.ts";

/** First message of each thread: says plainly what is mirrored, so that nobody writes in public unawares. */
export function introText(relay: "both" | "to_slack" | "off", issueUrl: string | null): string {
  const issue = issueUrl === null ? "the GitHub issue" : `<${issueUrl}|the GitHub issue>`;
  if (relay === "both") {
    return (
      `:link: This thread and ${issue} are one conversation: what you write here appears there under your name, ` +
      "and comments there appear here. Begin a message with `//` to keep it in Slack. Mention me with a word such as " +
      "`approve`, `explain` or `help` to have something done."
    );
  }
  const way =
    relay === "to_slack"
      ? `Comments on ${issue} appear here; replies stay in Slack.`
      : "Replies stay in Slack.";
  return `:link: ${way} Mention me with a word such as \`approve\`, \`explain\` or \`help\` to have something done.`;
}

/** A Slack message as it stands on GitHub: who said it, where, and what, with no force to mention or close. */
export function relayedToGitHub(message: {
  name: string;
  login: string | null;
  text: string;
  permalink: string;
}): string {
  const who =
    message.login === null
      ? disarm(message.name)
      : `${disarm(message.name)} (${disarm(`@${message.login}`)})`;
  const text = clamp(disarm(toMarkdown(message.text)), 60_000);
  return `**${who}** in [Slack](${message.permalink}):\n\n${text}`;
}

/** A GitHub comment as it stands in the thread. */
export function relayedToSlack(comment: { author: string; url: string; body: string }): string {
  const text = clamp(toMrkdwn(comment.body), 3500);
  return `:speech_balloon: *${escapeSlack(comment.author)}* <${comment.url}|on GitHub>:\n${text}`;
}
