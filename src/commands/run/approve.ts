import { approve, revoke } from "../../features/approvals/approve.ts";
import type { Context } from "../../features/context.ts";
import { type Finding, nameOf } from "../../features/findings/model.ts";
import { UserError } from "../../kernel/errors.ts";
import { type Call, type Command, type Reply, toAll } from "../model.ts";
import { targetOf } from "../target.ts";

export const approveCommand: Command = {
  name: "approve",
  usage: "approve N [--anyway] [note]",
  help: "have it fixed; `--anyway` (maintainers) also below the bar",
  who: "committers",
  finding: true,
  audits: true,
  async run(deps, call) {
    const { finding, rest } = await targetOf(deps, call);
    return yes(deps, call, finding, rest);
  },
};

export const fixCommand: Command = {
  name: "fix",
  usage: "fix N [note]",
  help: "start again after an attempt that failed",
  who: "committers",
  finding: true,
  audits: true,
  async run(deps, call) {
    const { finding, rest } = await targetOf(deps, call);
    if (finding.state !== "failed") {
      throw new UserError(
        `${nameOf(finding)} is ${finding.state}: \`fix\` starts one again that failed; \`approve\` is the first yes.`,
      );
    }
    return yes(deps, call, finding, rest);
  },
};

export const revokeCommand: Command = {
  name: "revoke",
  usage: "revoke N [note]",
  help: "take an approval back while no worker has begun",
  who: "committers",
  finding: true,
  async run(deps, call) {
    const { finding, rest } = await targetOf(deps, call);
    await revoke(deps, finding, call.actor, rest === "" ? null : rest);
    return toAll(`The approval of ${nameOf(finding)} is taken back.`);
  },
};

async function yes(deps: Context, call: Call, finding: Finding, rest: string): Promise<Reply> {
  const note = rest === "" ? null : rest;
  const begun = await approve(deps, { finding, actor: call.actor, anyway: call.flags.has("anyway"), note });
  const name = nameOf(finding);
  return toAll(
    begun === "started"
      ? `:thumbsup: ${name} is approved; a worker takes up the fix.`
      : `:thumbsup: ${name} is approved. I am paused: the fix starts with \`resume\`.`,
  );
}
