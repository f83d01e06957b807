import { bot } from "../../kernel/actor.ts";
import type { Login, Sha } from "../../kernel/ids.ts";
import { escapeSlack } from "../../kernel/text/escape.ts";
import { count } from "../../platform/counters.ts";
import type { Context } from "../context.ts";
import type { Finding } from "../findings/model.ts";
import { changeState } from "../findings/service.ts";
import { changeLabels, LABELS } from "../issues/labels.ts";
import { enqueueNote } from "../threads/notes.ts";
import type { Decided } from "./decided.ts";
import { type Pull, updatePull } from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "config">;

/** A pull request was merged: ours, or (pull null) somebody's that closed the issue. */
export async function markMerged(
  deps: Deps,
  finding: Finding,
  merge: { pull: Pull | null; commit: Sha; by: Login | null },
): Promise<void> {
  const at = deps.clock.now();
  await deps.db.transaction(async (tx) => {
    if (merge.pull !== null) {
      const ended = {
        state: "merged",
        mergeCommit: merge.commit,
        mergedBy: merge.by,
        endedAt: at,
        updatedAt: at,
      } as const;
      await updatePull(tx, merge.pull, ended);
    }
    const changed = await changeState(deps, tx, {
      finding: finding.id,
      from: ["open", "approved", "fixing", "pending_review", "failed"],
      to: "merged",
      actor: bot,
      why: merge.pull === null ? "somebody's change that closes the issue was merged" : "pull request merged",
      detail: { commit: merge.commit, by: merge.by },
      facts: { mergeCommit: merge.commit, mergedAt: at, heldAt: null },
    });
    if (changed === null) return;
    if (merge.pull !== null) await count(tx, "pr_merged_total");
    await changeLabels(tx, deps.clock, finding.id, { remove: [LABELS.fixing, LABELS.approved] });
    await enqueueNote(tx, deps.clock, {
      finding: finding.id,
      key: `merged:F${finding.id}:${merge.commit}`,
      text: `:white_check_mark: Merged as \`${merge.commit.slice(0, 10)}\`${merge.by === null ? "" : ` by *${escapeSlack(merge.by)}*`}. I watch the runs that contain it.`,
    });
    await deps.queue.send(tx, "issue.sync", { finding: finding.id }, { key: String(finding.id) });
    await deps.queue.send(tx, "hold.check", { finding: finding.id }, { key: String(finding.id) });
  });
}

/**
 * Our pull request was closed without merging: people decided against it.
 * @param decided who had us close it, and why; null when it was closed on GitHub.
 */
export async function markClosed(
  deps: Deps,
  finding: Finding,
  pull: Pull,
  decided: Decided | null,
): Promise<void> {
  const at = deps.clock.now();
  const link = `<${pull.url}|#${pull.number}>`;
  const said =
    decided === null
      ? `${link} was closed without merging`
      : `*${escapeSlack(decided.by)}* had ${link} closed without merging: ${escapeSlack(decided.why)}`;
  await deps.db.transaction(async (tx) => {
    await updatePull(tx, pull, { state: "closed", endedAt: at, updatedAt: at });
    await changeState(deps, tx, {
      finding: finding.id,
      from: ["pending_review"],
      to: "failed",
      actor: bot,
      why: `pull request #${pull.number} was closed without merging`,
      facts: { pullNumber: null },
    });
    await enqueueNote(tx, deps.clock, {
      finding: finding.id,
      key: `closed:${pull.repo}/${pull.number}`,
      text: `:no_entry_sign: ${said.replace(/[.\s]+$/, "")}. \`fix\` starts anew.`,
    });
  });
}
