import type { RepoName } from "../../kernel/ids.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import { escapeSlack, slackCode } from "../../kernel/text/escape.ts";
import { redact } from "../../kernel/text/redact.ts";

/** A job whose log told nothing, as an alert names it. */
export interface SilentJob {
  name: string;
  url: string;
}

const NAMED = 3;

/** Failed jobs, and nothing found in their logs where there used to be something. mrkdwn. */
export function nothingExtractedText(repo: RepoName, jobs: readonly SilentJob[]): string {
  const named = jobs.slice(0, NAMED).map(({ name, url }) => {
    const said = slackCode(clamp(name, 80));
    return /^https?:\/\/[^\s|<>]+$/.test(url) ? `${said} (<${url}|log>)` : said;
  });
  const more = jobs.length > NAMED ? ` and ${jobs.length - NAMED} more` : "";
  return [
    `:warning: *${escapeSlack(repo)}: failed jobs, and no failed test found in their logs*`,
    `It was so in ${named.join(", ")}${more}; in earlier logs of the same I found some.`,
    "Flaky tests of these jobs go unseen while this lasts. I say it once.",
    "Look at the log: if the job fell before its tests, nothing is to be done. Else its output has changed: run `extract` on the log, and report what is missed.",
  ].join("\n");
}

/** Several scans failed one after the other. mrkdwn. */
export const scansFailedText = (repo: RepoName, times: number, error: string): string =>
  [
    `:warning: *${escapeSlack(repo)}: ${times} scans failed in a row*`,
    `The last one: ${slackCode(clamp(redact(error), 300))}`,
    "Runs are not read while this lasts; none is lost, they are read when it works again. I say it once.",
    "`doctor` on the command line says what is wrong with the token or the settings; where both are right, look whether the forge is well (github.com: https://www.githubstatus.com).",
  ].join("\n");

/** Little of GitHub's request limit is left. mrkdwn. */
export const rateText = (rate: { limit: number; remaining: number; resetAt: Date }): string =>
  [
    `:warning: *GitHub's request limit is nearly used up: ${rate.remaining} of ${rate.limit} left*`,
    `At zero, reads and writes wait until ${rate.resetAt.toISOString().slice(11, 16)} UTC; nothing is lost by that. I say it once.`,
    "If it happens often: name `workflows` and `branches` in flaky.yaml, or use a GitHub App, whose limit is its own.",
  ].join("\n");
