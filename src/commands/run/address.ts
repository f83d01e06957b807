import { nameOf } from "../../features/findings/model.ts";
import { address } from "../../features/pulls/address.ts";
import { type Command, toAll } from "../model.ts";
import { targetOf } from "../target.ts";

export const addressCommand: Command = {
  name: "address",
  usage: "address N [note]",
  help: "work through the remarks of the review, in one commit",
  who: "committers",
  finding: true,
  async run(deps, call) {
    const { finding, rest } = await targetOf(deps, call);
    const remarks = await address(deps, finding, call.actor, rest === "" ? null : rest);
    return toAll(`:memo: ${nameOf(finding)}: ${remarks} remark(s) go to a worker.`);
  },
};
