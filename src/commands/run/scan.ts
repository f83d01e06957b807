import { progressText } from "../../features/failures/scan-text.ts";
import { askedScan } from "../../features/failures/scans.ts";
import { askForScan } from "../../features/failures/sweep.ts";
import { DAY } from "../../kernel/clock.ts";
import { escapeSlack } from "../../kernel/text/escape.ts";
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
    const since = new Date(deps.clock.now().getTime() - 7 * DAY);
    const begun: string[] = [];
    const underWay: string[] = [];
    for (const repo of repos) {
      const open = await askedScan(deps.db, repo);
      if (open !== null) underWay.push(`A scan is under way already. ${escapeSlack(progressText(open))}.`);
      else {
        await askForScan(deps, repo, since);
        begun.push(repo);
      }
    }
    const answer =
      begun.length === 0
        ? []
        : [`:mag: Scanning ${begun.join(", ")}. What comes of it appears in the channel.`];
    return toAsker([...answer, ...underWay].join("\n"));
  },
};
