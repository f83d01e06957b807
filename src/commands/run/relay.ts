import { repoConfig } from "../../config/index.ts";
import { requireRightOf } from "../../features/approvals/rights.ts";
import { nameOf } from "../../features/findings/model.ts";
import { threadOf, updateThread } from "../../features/threads/store.ts";
import { UserError } from "../../kernel/errors.ts";
import { record } from "../../platform/audit.ts";
import { type Command, toAll } from "../model.ts";
import { targetOf } from "../target.ts";

export const relayCommand: Command = {
  name: "relay",
  usage: "relay N on|off",
  help: "whether its thread and its issue are one conversation; what is said while it is off stays where it is",
  who: "triage",
  finding: true,
  async run(deps, call) {
    const { finding, rest } = await targetOf(deps, call);
    await requireRightOf(deps, finding.repo, call.actor, "triage");
    const word = rest.toLowerCase();
    if (word !== "on" && word !== "off") throw new UserError("On or off? Say `relay on` or `relay off`.");
    if (word === "on" && (repoConfig(deps.config, finding.repo)?.relay ?? "off") === "off")
      throw new UserError(`flaky.yaml keeps the threads of ${finding.repo} out of it: \`relay: off\`.`);
    const muted = word === "off";
    const name = nameOf(finding);
    await deps.db.transaction(async (tx) => {
      if ((await threadOf(tx, finding.id)) === null) throw new UserError(`${name} has no thread yet.`);
      await updateThread(tx, finding.id, { muted });
      const at = deps.clock.now();
      await record(tx, {
        at,
        actor: call.actor,
        action: "relay",
        finding: finding.id,
        detail: { relay: word },
      });
    });
    return toAll(
      muted
        ? `:no_bell: What is said in the thread of ${name} stays in Slack from now on, and comments stay on ${deps.forge.name(finding.repo)}. ` +
            "What is deleted is still taken back on the other side. `relay on` makes them one conversation again."
        : `:link: The thread of ${name} and its issue are one conversation again.`,
    );
  },
};
