import { wordsOf } from "../../features/findings/kinds.ts";
import { type Finding, nameOf } from "../../features/findings/model.ts";
import { escapeSlack, slackCode } from "../../kernel/text/escape.ts";
import { percent } from "../../kernel/text/figures.ts";
import { type Command, toAsker } from "../model.ts";
import { targetOf } from "../target.ts";

export const explainCommand: Command = {
  name: "explain",
  usage: "explain N",
  help: "why it is taken for what it is said to be",
  who: "anyone",
  finding: true,
  tells: true,
  async run(deps, call) {
    const { finding } = await targetOf(deps, call);
    return toAsker(explainText(finding));
  },
};

const WHY = {
  runtime_error: "a running service logged it. Its issue has how often, where, and what was logged.",
  issue: "a person had it started; no verdict is made on it.",
} as const;

/** The verdict of a finding with its reasons. */
export function explainText(finding: Finding): string {
  if (finding.kind !== "flaky_test")
    return `*${nameOf(finding)}* ${slackCode(finding.test)} is a *${wordsOf(finding).name}*: ${WHY[finding.kind]}`;
  const sure = percent(finding.confidence);
  const reasons = finding.reasons.map((reason) => `• ${escapeSlack(reason.text)} (\`${reason.rule}\`)`);
  return [
    `*${nameOf(finding)}* ${slackCode(finding.test)} is taken for *${finding.class}*, ${sure} sure:`,
    ...(reasons.length > 0 ? reasons : ["• There is no evidence yet."]),
  ].join("\n");
}
