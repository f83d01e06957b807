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
  async run(deps, call) {
    const { finding } = await targetOf(deps, call);
    return toAsker(explainText(finding));
  },
};

/** The verdict of a finding with its reasons. */
export function explainText(finding: Finding): string {
  const sure = percent(finding.confidence);
  const reasons = finding.reasons.map((reason) => `• ${escapeSlack(reason.text)} (\`${reason.rule}\`)`);
  return [
    `*${nameOf(finding)}* ${slackCode(finding.test)} is taken for *${finding.class}*, ${sure} sure:`,
    ...(reasons.length > 0 ? reasons : ["• There is no evidence yet."]),
  ].join("\n");
}
