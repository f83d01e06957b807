import { DAY } from "../../kernel/clock.ts";
import { type Command, toAsker } from "../model.ts";
import { maintainer } from "./pause.ts";

export const scanCommand: Command = {
  name: "scan",
  usage: "scan",
  help: "look through the runs of the last seven days now",
  who: "maintainers",
  finding: false,
  async run(deps, call) {
    await maintainer(deps, call);
    const repos = call.repos.length > 0 ? call.repos : deps.config.file.repos.map((repo) => repo.source);
    const since = new Date(deps.clock.now().getTime() - 7 * DAY).toISOString();
    for (const repo of repos) await deps.queue.send(deps.db, "scan.sweep", { repo, since }, { key: repo });
    return toAsker(`:mag: Scanning ${repos.join(", ")}. What comes of it appears in the channel.`);
  },
};
