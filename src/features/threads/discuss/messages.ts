import { clamp, firstLine } from "../../../kernel/text/clamp.ts";
import { markdownBlock, markdownCode } from "../../../kernel/text/escape.ts";
import { harmless, noOrders } from "../../../kernel/text/harmless.ts";
import { type LogLines, numberedLines, placeOfExact } from "../../../kernel/text/quoted-lines.ts";
import { redact } from "../../../kernel/text/redact.ts";
import { toMrkdwn } from "../convert.ts";
import type { Link, Material } from "./material.ts";
import type { Answer } from "./model.ts";

/** What was taken for the cause until now, what changed it, and what it is taken for now; made harmless. */
export interface Turnaround {
  before: string;
  because: string;
  cause: string;
  fix: string;
}

/** The model's change of mind; null when there is none, or no cause was stated that it could change. */
export function turnaroundOf(answer: Answer, material: Pick<Material, "issue" | "ours">): Turnaround | null {
  const change = answer.changed_conclusion;
  const before = material.issue?.analysis?.match(/^### Cause\n+(.+)$/m)?.[1];
  if (change === null || before === undefined) return null;
  const say = (text: string, max: number) =>
    harmless(text, material.ours, max)
      .replace(/^[#>\s]+/, "")
      .replace(/\s*\n\s*/g, " ");
  const cause = say(change.cause, 2000);
  const fix = say(change.fix, 1500);
  const stated = /^### Smallest fix\n+(.+)$/m.exec(material.issue?.analysis ?? "")?.[1] ?? "";
  // in other words it is the same, and what was approved stands
  if (alike(cause, before) && (fix === "" || alike(fix, stated))) return null;
  return { before: clamp(before, 600), because: say(change.because, 600), cause, fix };
}

/** Whether two texts say the same but for marks, spaces and capitals. */
const alike = (a: string, b: string): boolean => letters(a) === letters(b);
const letters = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

/**
 * An answer in Markdown: the model's words, the lines it rests on as far as they stand so in the log, and where to
 * look. A changed conclusion is said as one.
 */
export function answerText(
  answer: Answer,
  material: Pick<Material, "ours" | "logs" | "links">,
  change: Turnaround | null,
  standing: Standing,
): string {
  const quoted = quotedLines(answer.evidence_lines, material.logs);
  const parts = [harmless(answer.answer, material.ours, 2200)];
  if (quoted.length > 0)
    parts.push(markdownBlock(noOrders(redact(quoted.join("\n"))).replaceAll("```", "'''"), "text"));
  if (change !== null) {
    parts.push(
      `**I said:** ${change.before}\n**Given that** ${change.because}\n**I now take it for:** ${change.cause}`,
      STANDING[standing],
    );
  }
  parts.push(sourcesLine(material.links));
  return parts.join("\n\n");
}

/** What becomes of the analysis on the issue. */
const STANDING = {
  undecided: "The analysis on the issue says so now.",
  approved:
    "The analysis on the issue says so now. The yes that was given was for the old one, so it is asked for again.",
  begun: "The analysis on the issue says so now. The fix was begun on the old one: judge it by that.",
  stays:
    "A fix rests on the analysis, so that one stays as it is until somebody who may approve brings this up.",
} as const;
export type Standing = keyof typeof STANDING;

const sourcesLine = (links: readonly Link[]): string =>
  links.map(({ words, url }) => `[${words.replace(/[[\]]/g, "")}](${url})`).join(" · ");

/** Lines that stand in the log as they were quoted; what the model made up is left out. */
function quotedLines(quotes: readonly string[], logs: readonly LogLines[]): string[] {
  const lines = quotes.flatMap((quote) =>
    logs.flatMap((log) => numberedLines(log)[placeOfExact(quote, log)] ?? []).slice(0, 1),
  );
  return [...new Set(lines)].slice(0, 6).map((line) => clamp(line, 200));
}

/** Said once to somebody who had as many answers in a row as there are. */
export const stoppedText = (turns: number): string =>
  turns === 0
    ? "I answer no questions here (`limits.bot_turns` is 0); `explain` and `show` say what I know."
    : `I have answered ${turns} times in a row, so I leave it to people now. I answer again once somebody else ` +
      "speaks, something is decided, or a day went by.";

/** An answer as a comment below the question. */
export const onIssue = (question: { text: string }, text: string): string =>
  `> ${noOrders(markdownCode(firstLine(question.text, 200)))}\n\n${text}`;

/** The issue's copy of an answer that was given in Slack; with the question, where that is no message of its own. */
export function mirroredToIssue(
  question: { author: string; url: string; source: string; text: string },
  text: string,
): string {
  const who = `**My answer to ${harmless(question.author, [], 100)}** in [Slack](${question.url})`;
  if (!question.source.startsWith("dialog/")) return `${who}:\n\n${text}`;
  return `${who}, who asked:\n\n${harmless(question.text, [], 3500).replace(/^/gm, "> ")}\n\n${text}`;
}

/** A thread has no slash commands: there a command is a mention, whatever the model was told of GitHub's. */
const asMentions = (markdown: string): string =>
  markdown.replace(/(^|[\s`(])\u200b?\/flaky(?=[\s`]|$)/gm, "$1@flaky");

/** An answer in the thread. */
export const inThread = (text: string): string => `:bulb: ${toMrkdwn(asMentions(text))}`;

/** The thread's copy of an answer that was given on the issue. */
export const mirroredToThread = (
  question: { author: string; url: string },
  forge: string,
  text: string,
): string =>
  `:bulb: ${toMrkdwn(`My answer to **${harmless(question.author, [], 100)}** [on ${forge}](${question.url}):\n${asMentions(text)}`)}`;
