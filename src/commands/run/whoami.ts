import { repoConfig } from "../../config/index.ts";
import { isCommitter } from "../../features/approvals/rights.ts";
import { escapeSlack } from "../../kernel/text/escape.ts";
import { type Command, toAsker } from "../model.ts";

export const whoamiCommand: Command = {
  name: "whoami",
  usage: "whoami",
  help: "whom I take you for, and what you may do",
  who: "anyone",
  finding: false,
  async run(deps, call) {
    const { actor } = call;
    if (actor.kind !== "person" || actor.login === null) {
      return toAsker(
        "I do not know you on GitHub. You may read everything here; `link` proves to me who you are, so that you may act as well.",
      );
    }
    const repos = call.repos.length > 0 ? call.repos : deps.config.file.repos.map((repo) => repo.source);
    const lines: string[] = [];
    for (const repo of repos) {
      const write = repoConfig(deps.config, repo)?.write ?? repo;
      const permission = await deps.forge.permission(write, actor.login);
      const may = (await isCommitter(deps, repo, actor.login))
        ? "you may approve fixes"
        : "you may not approve fixes";
      lines.push(`• ${write}: \`${permission}\` — ${may}`);
    }
    return toAsker([`You are *${escapeSlack(actor.login)}* on GitHub.`, ...lines].join("\n"));
  },
};
