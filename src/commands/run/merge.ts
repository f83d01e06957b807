import { requireLogin } from "../../features/approvals/people.ts";
import { closeOurs, mergeOurs } from "../../features/pulls/decide.ts";
import { UserError } from "../../kernel/errors.ts";
import { escapeSlack } from "../../kernel/text/escape.ts";
import { type Command, toAll } from "../model.ts";
import { pullTarget } from "../pull-target.ts";

export const mergeCommand: Command = {
  name: "merge",
  usage: "merge PR",
  help: "approve a pull request of mine and merge it, once its checks pass",
  who: "committers",
  finding: false,
  async run(deps, call) {
    const { repo, pull } = await pullTarget(deps, call);
    await mergeOurs(deps, { repo, pull, actor: call.actor });
    return toAll(
      `:white_check_mark: #${pull} is approved and merged by *${escapeSlack(requireLogin(call.actor))}*.`,
    );
  },
};

export const closeCommand: Command = {
  name: "close",
  usage: "close PR reason",
  help: "close a pull request of mine without merging it",
  who: "committers",
  finding: false,
  async run(deps, call) {
    const { repo, pull, rest } = await pullTarget(deps, call);
    const why = rest.join(" ");
    if (why === "") throw new UserError("Say why in a few words: `close PR reason`.");
    await closeOurs(deps, { repo, pull, actor: call.actor }, why, call.pull === pull);
    return toAll(`#${pull} is closed without merging: ${escapeSlack(why)}`);
  },
};
