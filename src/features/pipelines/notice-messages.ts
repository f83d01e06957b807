import type { PullNumber, RepoName } from "../../kernel/ids.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import { escapeSlack, markdownCode, slackCode } from "../../kernel/text/escape.ts";
import type { ChatMessage } from "../../ports/chat.ts";
import type { Finding } from "../findings/model.ts";
import type { Outcome } from "./known-flakes.ts";

/** Flakes that are named; the rest is counted. */
const NAMED = 10;

/** The comment on somebody's pull request, as things stand at its newest commit. */
export function noticeText(outcome: Outcome): string {
  const at = `\`${outcome.sha.slice(0, 10)}\``;
  switch (outcome.kind) {
    case "green":
      return `At ${at} all jobs passed. What failed here before were known flakes, not this change.`;
    case "other":
      return `At ${at} more than known flakes failed: please look at the log. What was said here before is no excuse for it.`;
    case "known":
      return [
        `What [failed](${outcome.url}) at ${at} are known flakes, most likely not this change:`,
        "",
        ...outcome.findings
          .slice(0, NAMED)
          .map((one) => `- ${markdownCode(clamp(one.test, 200))}: #${one.issueNumber}, ${stand(one)}`),
        ...more(outcome.findings),
        "",
        "A comment `/flaky rerun` has the failed jobs run again (with the triage right).",
      ].join("\n");
  }
}

/** The same for its author alone, in Slack. */
export function noticeMessage(
  repo: RepoName,
  pull: PullNumber,
  outcome: Outcome & { kind: "known" },
): ChatMessage {
  const name = `${repo}#${pull}`;
  const lines = outcome.findings
    .slice(0, NAMED)
    .map((one) => `• ${slackCode(clamp(one.test, 200))}: #${one.issueNumber}, ${stand(one)}`);
  const text = `CI of *${escapeSlack(name)}* <${outcome.url}|failed> by known flakes alone, most likely not by your change:`;
  return {
    text: `CI of ${escapeSlack(name)} failed by known flakes alone`,
    blocks: [
      {
        type: "section",
        text: { type: "mrkdwn", text: [text, ...lines, ...more(outcome.findings)].join("\n") },
      },
      {
        type: "actions",
        block_id: "pull",
        elements: [
          {
            type: "button",
            action_id: "pull.rerun",
            value: name,
            style: "primary",
            text: { type: "plain_text", text: "Rerun" },
          },
        ],
      },
    ],
  };
}

const more = (findings: readonly Finding[]): string[] =>
  findings.length > NAMED ? [`… and ${findings.length - NAMED} more`] : [];

const STANDS: Partial<Record<Finding["state"], string>> = {
  approved: "its fix is queued",
  fixing: "its fix is being written",
  pending_review: "its fix waits for review",
  merged: "mended since: update the branch",
  deployed: "mended since: update the branch",
};

const stand = (finding: Finding): string => STANDS[finding.state] ?? "known";
