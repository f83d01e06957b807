import type { Stress } from "../../kernel/stress.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import { escapeSlack } from "../../kernel/text/escape.ts";
import { failedText, plural } from "../../kernel/text/figures.ts";
import { redact } from "../../kernel/text/redact.ts";
import { clampMarkup } from "../../ports/chat-limits.ts";
import { inertMarkdown } from "../issues/inert.ts";
import { toMrkdwn } from "../threads/convert.ts";

/** The pull request's text: the fixer's account of it, with the reference to the issue that merging must not close. */
export const pullBody = (body: string, issue: number | null, link: "ref" | "close"): string =>
  issue === null ? body : `${body.trimEnd()}\n\n---\n\nIssue Number: ${link} #${issue}`;

const UNHEARD =
  "_From somebody without the triage right: I show it to you, but no round works on it. Say so yourself if it is right._";

/** One review, or one remark, as one message in the thread. `heard`: whether a round takes it up. */
export function reviewNote(review: {
  author: string;
  heard: boolean;
  state: string;
  url: string;
  body: string;
  remarks: { path: string | null; line: number | null; body: string }[];
}): string {
  const words: Record<string, [string, string]> = {
    approved: [":white_check_mark:", "approved"],
    changes_requested: [":arrows_counterclockwise:", "asks for changes in"],
  };
  const [emoji, did] = words[review.state] ?? [":speech_balloon:", "reviewed"];
  const head = `${emoji} *${escapeSlack(review.author)}* ${did} <${review.url}|the pull request>`;
  const remarks = review.remarks.slice(0, 10).map((remark) => {
    const where =
      remark.path === null
        ? ""
        : `\`${escapeSlack(remark.path)}${remark.line === null ? "" : `:${remark.line}`}\` `;
    return `• ${where}${toMrkdwn(clamp(remark.body, 600))}`;
  });
  const said = [head, toMrkdwn(clamp(review.body, 1500)), ...remarks].filter((line) => line !== "");
  const shown = clampMarkup(said.join("\n"), 3300);
  return review.heard ? shown : `${shown}\n${UNHEARD}`;
}

/** Our answer to a remark in a review. */
export const replyText = (text: string, sha: string): string =>
  `${inertMarkdown(redact(clamp(text, 4000)))}\n\n(in ${sha.slice(0, 10)})`;

/** So many days, rounded, as people say it. */
export const sayDays = (days: number): string =>
  Math.round(days) === 0 ? "less than a day" : plural(Math.round(days), "day");

/** Closing words of a runtime error's issue that did not come back. */
export const errorHeldWords = (figures: { days: number; total: number; commit: string }): string =>
  [
    "## The fix held",
    "",
    `- The error has not come back in ${sayDays(figures.days)} since ${figures.commit.slice(0, 10)} was deployed.`,
    `- Before: logged ${plural(figures.total, "time")}.`,
    "",
    "Closing. If it comes back after the deployment, this issue is opened again.",
  ].join("\n");

/** Closing words of an issue whose fix held, with the figures that say so. */
export function heldWords(figures: {
  runs: number;
  days: number;
  before: { runs: number; failures: number; stress?: Stress | undefined } | null;
  sightings: number;
  commit: string;
}): string {
  // none of n: below 3/n at 95 %, which says something from a handful of runs on
  const rate = (300 / Math.max(1, figures.runs)).toFixed(figures.runs > 300 ? 2 : 1);
  const bound = figures.runs < 6 ? "" : `: the failure rate is now below ${rate} % (95 % sure)`;
  const days = Math.round(figures.days);
  const over = days === 0 ? "within a day" : `over ${plural(days, "day")}`;
  const lines = [
    "## The fix held",
    "",
    `- ${plural(figures.runs, "run")} with ${figures.commit.slice(0, 10)} in it passed ${over}, none failed${bound}.`,
    `- Before: seen ${plural(figures.sightings, "time")} in CI${
      figures.before === null ? "" : `; ${failedText(figures.before)} when it was reproduced`
    }.`,
    "",
    "Closing. If it comes back in a run that contains the fix, this issue is opened again.",
  ];
  return lines.join("\n");
}
