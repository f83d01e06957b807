import { MINUTE } from "../../kernel/clock.ts";
import type { TransientError } from "../../kernel/errors.ts";
import { escapeSlack, slackCode } from "../../kernel/text/escape.ts";
import { plural } from "../../kernel/text/figures.ts";
import type { Rebased } from "./rebase.ts";
import type { Rerun } from "./rerun.ts";

/** What a rerun came to, as mrkdwn. */
export function rerunWords(pull: number, done: Rerun): string {
  if (done.how === "actions") {
    const name = `<${done.run.url}|${escapeSlack(done.run.workflow)}>`;
    return done.already_triggered
      ? `${name} on #${pull} was asked to run again already.`
      : `:repeat: The failed jobs of ${name} on #${pull} run again (attempt ${done.run.attempt + 1}).`;
  }
  return done.already_triggered
    ? `${slackCode(done.command)} on #${pull} was asked for less than two minutes ago.`
    : `:repeat: ${slackCode(done.command)} is commented on #${pull}.`;
}

/** What Rebase & Rerun came to, as mrkdwn. */
export function rebaseWords(pull: number, { command, updated, already_triggered }: Rebased): string {
  if (already_triggered) return `#${pull} was asked to rebase less than two minutes ago.`;
  const branch =
    updated === null
      ? "is being brought up to date (there is no answer yet)"
      : updated
        ? "is brought up to date"
        : "was up to date already";
  const then = command === null ? "its CI starts by itself" : `${slackCode(command)} follows`;
  return `:arrows_counterclockwise: The branch of #${pull} ${branch}; ${then}.`;
}

/** The same words without Slack's marks, for pages and JSON. */
export const plainWords = (mrkdwn: string): string =>
  mrkdwn
    .replace(/^:[a-z_]+: /, "")
    .replace(/<[^<>|]*\|([^<>]*)>/g, "$1")
    .replaceAll("`", "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");

/** Why nothing was done while `forge` does not answer, or answers no more for a while. Nothing is done later either. */
export function transientWords(forge: string, error: TransientError): string {
  if (error.retryAfterMs === null) return `${forge} does not answer. Nothing was done: try again soon.`;
  const minutes = Math.max(1, Math.ceil(error.retryAfterMs / MINUTE));
  return `${forge}'s request limit is used up for ${plural(minutes, "minute")}. Nothing was done: try again then.`;
}
