import { beginLink } from "../../features/approvals/link.ts";
import { UserError } from "../../kernel/errors.ts";
import { type Command, toAsker } from "../model.ts";

export const linkCommand: Command = {
  name: "link",
  usage: "link [login]",
  help: "prove on GitHub who you are, so that you may act here as you may there",
  who: "anyone",
  finding: false,
  async run(deps, call) {
    const { actor, channel } = call;
    if (actor.kind !== "person" || actor.chatUser === null || channel === null)
      throw new UserError("On GitHub I know who you are; `link` is for Slack.");
    const expected = call.args[0]?.replace(/^@/, "") ?? null;
    const { code, url, minutes } = await beginLink(deps, { user: actor.chatUser, channel, expected });
    return toAsker(
      `:key: Open <${url}>, signed in as yourself, and enter \`${code}\` within ${minutes} minutes. ` +
        "I learn your login and nothing else. Never enter a code that somebody else gave you.",
    );
  },
};
