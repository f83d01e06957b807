import { nameOf } from "../../features/findings/model.ts";
import { overrule } from "../../features/fixes/overrules.ts";
import { escapeSlack, slackCode } from "../../kernel/text/escape.ts";
import { type Command, toAll } from "../model.ts";
import { targetOf } from "../target.ts";

export const overruleCommand: Command = {
  name: "overrule",
  usage: "overrule N RULE[:GLOB] reason",
  help: "let pass in the next fix what a restraint gate objects to; the pull request shows who and why",
  who: "maintainers",
  finding: true,
  async run(deps, call) {
    const { finding, rest } = await targetOf(deps, call);
    const [word = "", ...words] = rest.split(" ");
    const [rule = "", ...glob] = word.replaceAll("`", "").split(":");
    const path = glob.join(":") || null;
    const reason = words.join(" ");
    await overrule(deps, { finding, actor: call.actor, rule: rule.toLowerCase(), path, reason });
    const where = path === null ? "" : ` in ${slackCode(path)}`;
    return toAll(
      `:memo: In the next fix of ${nameOf(finding)} that begins, ${slackCode(rule)} may stand${where}: ${escapeSlack(reason)}`,
    );
  },
};
