import { publicUrl } from "../../config/index.ts";
import { boardOf, targetOf } from "../../features/pipelines/board.ts";
import { boardMessage } from "../../features/pipelines/board-message.ts";
import type { Command } from "../model.ts";

export const prsCommand: Command = {
  name: "prs",
  usage: "prs [target]",
  help: "open pull requests of a target, with what failed and buttons to run it again",
  who: "anyone",
  finding: false,
  tells: true,
  async run(deps, call) {
    const target = targetOf(deps, call.text === "" ? null : call.text);
    const board = await boardOf(deps, target);
    return { ...boardMessage(board, { console: publicUrl(deps.config.env) }), audience: "asker" };
  },
};
