import { beginLink } from "../../features/approvals/link.ts";
import { UserError } from "../../kernel/errors.ts";
import { type Command, toAsker } from "../model.ts";

export const linkCommand: Command = {
  name: "link",
  usage: "link [login]",
  help: "prove who you are, so that you may act here as you may where the code is",
  who: "anyone",
  finding: false,
  async run(deps, call) {
    const { actor, channel } = call;
    if (actor.kind !== "person" || actor.chatUser === null || channel === null)
      throw new UserError("Here I know who you are; `link` is for Slack.");
    const expected = call.args[0]?.replace(/^@/, "") ?? null;
    const { code, url, minutes } = await beginLink(deps, { user: actor.chatUser, channel, expected });
    if (code === null) {
      return toAsker(
        `:key: Open <${url}> within ${minutes} minutes and sign in as yourself. I learn your login and nothing else. ` +
          "The page is for you alone: whoever signs in there says that you are they.",
      );
    }
    return toAsker(
      `:key: Open <${url}>, signed in as yourself, and enter \`${code}\` within ${minutes} minutes. ` +
        "I learn your login and nothing else. Never enter a code that somebody else gave you.",
    );
  },
};
