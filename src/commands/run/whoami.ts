import { repoConfig } from "../../config/index.ts";
import { standingOf } from "../../features/approvals/rights.ts";
import { escapeSlack } from "../../kernel/text/escape.ts";
import { type Command, toAsker } from "../model.ts";

export const whoamiCommand: Command = {
  name: "whoami",
  usage: "whoami",
  help: "whom I take you for, and what you may do",
  who: "anyone",
  finding: false,
  tells: true,
  async run(deps, call) {
    const { actor } = call;
    if (actor.kind !== "person" || actor.login === null) {
      return toAsker(
        "I do not know your login. You may read everything here; `link` proves to me who you are, so that you may act as well.",
      );
    }
    const repos = call.repos.length > 0 ? call.repos : deps.config.file.repos.map((repo) => repo.source);
    const known = repos.flatMap((repo) => repoConfig(deps.config, repo) ?? []);
    const { login } = actor;
    const lines = await Promise.all(
      known.map(async (settings) => {
        const elsewhere = actor.forge !== null && actor.forge !== deps.forge.name(settings.write);
        if (elsewhere)
          return `• ${settings.write}: on ${deps.forge.name(settings.write)}, where I do not know you`;
        const { permission, committer } = await standingOf(deps, settings, login);
        const may = committer ? "you may approve fixes" : "you may not approve fixes";
        const right = permission === null ? "I may not ask for your right" : `\`${permission}\``;
        return `• ${settings.write}: ${right} — ${may}`;
      }),
    );
    return toAsker(
      [`You are *${escapeSlack(login)}*${actor.forge === null ? "" : ` on ${actor.forge}`}.`, ...lines].join(
        "\n",
      ),
    );
  },
};
