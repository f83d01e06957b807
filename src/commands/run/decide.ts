import { requireLogin } from "../../features/approvals/people.ts";
import { requireRightOf } from "../../features/approvals/rights.ts";
import type { Context } from "../../features/context.ts";
import { type Finding, nameOf } from "../../features/findings/model.ts";
import { changeState, noteFacts } from "../../features/findings/service.ts";
import { closeIssue, reopenIssue } from "../../features/issues/close.ts";
import { DAY, HOUR } from "../../kernel/clock.ts";
import { UserError } from "../../kernel/errors.ts";
import type { Login } from "../../kernel/ids.ts";
import { disarm, escapeSlack } from "../../kernel/text/escape.ts";
import { harmless } from "../../kernel/text/harmless.ts";
import { record } from "../../platform/audit.ts";
import { type Call, type Command, toAll } from "../model.ts";
import { targetOf } from "../target.ts";

export const dismissCommand: Command = {
  name: "dismiss",
  usage: "dismiss N reason",
  help: "not flaky, or not to be fixed: the issue is closed with the reason",
  who: "triage",
  finding: true,
  async run(deps, call) {
    const { finding, rest } = await targetOf(deps, call);
    await mayTriage(deps, call, finding);
    if (rest === "")
      throw new UserError("Say why in a few words: `dismiss N reason`. The reason closes the issue.");
    await deps.db.transaction(async (tx) => {
      const changed = await changeState(deps, tx, {
        finding: finding.id,
        from: ["new", "open", "approved", "failed", "pending_review"],
        to: "dismissed",
        actor: call.actor,
        why: rest,
      });
      if (changed === null)
        throw new UserError(`${nameOf(finding)} is ${finding.state}: it cannot be dismissed now.`);
      const words = `Dismissed by ${disarm(requireLogin(call.actor))}: ${harmless(rest, [], 2000)}`;
      const key = `dismiss:F${finding.id}:${deps.clock.now().getTime()}`;
      await closeIssue(deps, tx, finding.id, { key, words, reason: "not_planned" });
      await deps.queue.send(tx, "task.drop", { finding: finding.id }, { key: String(finding.id) });
    });
    return toAll(`:no_entry_sign: ${nameOf(finding)} is dismissed: ${escapeSlack(rest)}`);
  },
};

export const reopenCommand: Command = {
  name: "reopen",
  usage: "reopen N",
  help: "take up again what was dismissed, failed or merged",
  who: "triage",
  finding: true,
  async run(deps, call) {
    const { finding } = await targetOf(deps, call);
    await mayTriage(deps, call, finding);
    await deps.db.transaction(async (tx) => {
      const changed = await changeState(deps, tx, {
        finding: finding.id,
        from: ["dismissed", "failed", "merged", "deployed"],
        to: "open",
        actor: call.actor,
        why: "reopened",
        facts: { heldAt: null },
      });
      if (changed === null)
        throw new UserError(`${nameOf(finding)} is ${finding.state}: there is nothing to reopen.`);
      const words = `Opened again by ${disarm(requireLogin(call.actor))}.`;
      await reopenIssue(deps, tx, finding.id, {
        key: `reopen:F${finding.id}:${deps.clock.now().getTime()}`,
        words,
      });
    });
    return toAll(`${nameOf(finding)} is open again.`);
  },
};

export const muteCommand: Command = {
  name: "mute",
  usage: "mute N 7d [note]",
  help: "no notices about it for that long (hours `h`, days `d`; `0d` ends it)",
  who: "triage",
  finding: true,
  async run(deps, call) {
    const { finding, rest } = await targetOf(deps, call);
    await mayTriage(deps, call, finding);
    const [time = "", ...words] = (rest === "" ? "7d" : rest).split(" ");
    const span = /^(\d{1,3})([hd])$/.exec(time);
    if (span === null) throw new UserError("For how long? Say it as `12h` or `7d`.");
    const ms = Number(span[1]) * (span[2] === "h" ? HOUR : DAY);
    const mutedUntil = ms === 0 ? null : new Date(deps.clock.now().getTime() + ms);
    await deps.db.transaction(async (tx) => {
      await noteFacts(deps, tx, finding.id, { mutedUntil });
      const note = words.length === 0 ? null : words.join(" ");
      const detail = { until: mutedUntil?.toISOString() ?? null, note };
      await record(tx, {
        at: deps.clock.now(),
        actor: call.actor,
        action: "mute",
        finding: finding.id,
        detail,
      });
    });
    if (mutedUntil === null) return toAll(`:loud_sound: ${nameOf(finding)} is not muted any more.`);
    return toAll(
      `:mute: ${nameOf(finding)} is muted until ${mutedUntil.toISOString().slice(0, 16).replace("T", " ")} UTC.`,
    );
  },
};

const mayTriage = (deps: Context, call: Call, finding: Finding): Promise<Login> =>
  requireRightOf(deps, finding.repo, call.actor, "triage");
