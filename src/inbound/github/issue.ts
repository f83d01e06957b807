import type { Db } from "../../../db/client.ts";
import { approve } from "../../features/approvals/approve.ts";
import type { Context } from "../../features/context.ts";
import type { Finding, State } from "../../features/findings/model.ts";
import { resolveFinding } from "../../features/findings/resolve.ts";
import { changeState } from "../../features/findings/service.ts";
import { enqueueComment, noteSenderKind } from "../../features/issues/comments.ts";
import { changeLabels, LABELS } from "../../features/issues/labels.ts";
import { issueOf, updateIssueRow } from "../../features/issues/store.ts";
import { UserError } from "../../kernel/errors.ts";
import { noteOnIssue } from "./lines.ts";
import type { Payload } from "./payloads.ts";

type IssuePayload = Payload<"issues">;

/** Something was done to an issue on GitHub: labelled, closed or opened again by a person. */
export async function onIssue(deps: Context, payload: IssuePayload): Promise<void> {
  const repo = payload.repository.full_name;
  const ref = { kind: "number", number: payload.issue.number, repo } as const;
  const finding = await resolveFinding(deps.db, ref, []);
  if (finding === null || payload.sender.login === (await deps.forge.whoAmI(repo))) return;
  await noteOnIssue(deps, payload, finding.id);
  if (payload.action === "labeled" && payload.label?.name === LABELS.approved)
    await onApproved(deps, payload, finding);
  if (payload.action === "closed" && payload.issue.state_reason === "not_planned") {
    await move(deps, payload, finding, ["new", "open", "approved", "failed", "pending_review"], "dismissed");
  }
  if (payload.action === "reopened")
    await move(deps, payload, finding, ["dismissed", "failed", "merged", "deployed"], "open");
}

/** The label is a yes of whoever put it there: their right counts; without it the label goes, with the reason why. */
async function onApproved(deps: Context, payload: IssuePayload, finding: Finding): Promise<void> {
  const login = payload.sender.login;
  const forge = deps.forge.name(finding.repo);
  const actor = { kind: "person", login, forge, chatUser: null, name: login, via: "github" } as const;
  try {
    await approve(deps, { finding, actor, anyway: false, note: null });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (finding.state === "approved" || finding.state === "fixing") return;
    const issue = await issueOf(deps.db, finding.id);
    await deps.db.transaction(async (tx) => {
      await changeLabels(tx, deps.clock, finding.id, { remove: [LABELS.approved] });
      if (issue === null) return;
      await enqueueComment(tx, deps.clock, {
        kind: noteSenderKind,
        key: `label:F${finding.id}:${deps.clock.now().getTime()}`,
        repo: issue.repo,
        number: issue.number,
        body: `The label was taken off again: ${error.message}`,
        finding: finding.id,
        whilePaused: "go",
      });
    });
  }
}

async function move(
  deps: Context,
  payload: IssuePayload,
  finding: Finding,
  from: State[],
  to: State,
): Promise<void> {
  const login = payload.sender.login;
  const forge = deps.forge.name(finding.repo);
  const actor = { kind: "person", login, forge, chatUser: null, name: login, via: "github" } as const;
  await deps.db.transaction(async (tx: Db) => {
    const facts = to === "open" ? { heldAt: null } : {};
    const changed = await changeState(deps, tx, {
      finding: finding.id,
      from,
      to,
      actor,
      why: `issue ${payload.action}`,
      facts,
    });
    if (changed === null) return;
    await updateIssueRow(tx, finding.id, { closedAt: to === "open" ? null : deps.clock.now() });
    await deps.queue.send(tx, "task.drop", { finding: finding.id }, { key: String(finding.id) });
    await deps.queue.send(tx, "issue.sync", { finding: finding.id }, { key: String(finding.id) });
  });
}
