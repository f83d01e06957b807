import { nameOf } from "../../features/findings/model.ts";
import { overrule, undoOverrule } from "../../features/fixes/overrules.ts";
import { escapeSlack, slackCode } from "../../kernel/text/escape.ts";
import { type Command, toAll } from "../model.ts";
import { targetOf } from "../target.ts";

export const overruleCommand: Command = {
  name: "overrule",
  usage: "overrule N RULE[:GLOB] [--undo] reason",
  help: "let pass in the next fix what a restraint gate objects to; the pull request shows who and why. `--undo` takes it back before that fix begins",
  who: "maintainers",
  finding: true,
  audits: true,
  async run(deps, call) {
    const { finding, rest } = await targetOf(deps, call);
    const [word = "", ...words] = rest.split(" ");
    const [rule = "", ...glob] = word.replaceAll("`", "").split(":");
    const path = glob.join(":") || null;
    const reason = words.join(" ");
    const ask = { finding, actor: call.actor, rule: rule.toLowerCase(), path, reason };
    const undo = call.flags.has("undo");
    await (undo ? undoOverrule(deps, ask) : overrule(deps, ask));
    const where = path === null ? "" : ` in ${slackCode(path)}`;
    if (undo)
      return toAll(
        `:memo: In the next fix of ${nameOf(finding)}, ${slackCode(rule)} may not stand${where} after all: what was said is taken back.`,
      );
    return toAll(
      `:memo: In the next fix of ${nameOf(finding)} that begins, ${slackCode(rule)} may stand${where}: ${escapeSlack(reason)}`,
    );
  },
};
