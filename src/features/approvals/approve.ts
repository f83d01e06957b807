import type { Actor } from "../../kernel/actor.ts";
import { DAY } from "../../kernel/clock.ts";
import { ForbiddenError, UserError } from "../../kernel/errors.ts";
import type { Login } from "../../kernel/ids.ts";
import { record } from "../../platform/audit.ts";
import { readPause } from "../../platform/pause.ts";
import type { Context } from "../context.ts";
import { type Finding, nameOf, type State } from "../findings/model.ts";
import { changeState } from "../findings/service.ts";
import { aboveBar } from "../flakes/bar.ts";
import { changeLabels, LABELS } from "../issues/labels.ts";
import { type IssueRow, issueOf } from "../issues/store.ts";
import { requireRightOf } from "./rights.ts";
import { type Approval, addApproval, revokeApprovals } from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "config" | "forge">;

export interface Approve {
  finding: Finding;
  actor: Actor;
  /** Below the bar, by a maintainer. */
  anyway: boolean;
  note: string | null;
}

/** States from which a yes starts a fix. */
const APPROVABLE: readonly State[] = ["open", "failed"];

/**
 * Records a committer's yes and asks for the task, in one transaction. The right is asked of GitHub now.
 * @returns whether the fix starts at once or waits for `/flaky resume`.
 * @throws UserError with what stands in the way; every refusal is in the audit.
 */
export async function approve(deps: Deps, yes: Approve): Promise<"started" | "waits"> {
  const login = await admit(deps, yes);
  const { finding } = yes;
  const issue = await issueOf(deps.db, finding.id);
  const now = deps.clock.now();
  const paused = deps.config.env.READ_ONLY || (await readPause(deps.db)) !== null;
  await deps.db.transaction(async (tx) => {
    const changed = await changeState(deps, tx, {
      finding: finding.id,
      from: APPROVABLE,
      to: "approved",
      actor: yes.actor,
      why: "approved",
      detail: { anyway: yes.anyway, note: yes.note, confidence: finding.confidence, class: finding.class },
    });
    if (changed === null) throw new UserError(standsInTheWay(finding));
    await addApproval(tx, {
      findingId: finding.id,
      login,
      via: yes.actor.kind === "person" ? yes.actor.via : yes.actor.kind,
      analysisVersion: issue?.analysisVersion ?? 0,
      anyway: yes.anyway,
      note: yes.note,
      at: now,
      expiresAt: new Date(now.getTime() + deps.config.file.limits.approval_days * DAY),
    });
    await changeLabels(tx, deps.clock, finding.id, { add: [LABELS.approved] });
    await deps.queue.send(tx, "task.plan", { finding: finding.id }, { key: String(finding.id) });
  });
  return paused ? "waits" : "started";
}

async function admit(deps: Deps, yes: Approve): Promise<Login> {
  const { finding, actor } = yes;
  try {
    const login = await requireRightOf(deps, finding.repo, actor, yes.anyway ? "maintain" : "committer");
    if (!APPROVABLE.includes(finding.state)) throw new UserError(standsInTheWay(finding));
    if (!yes.anyway && !(await aboveBar(deps.db, deps.config.file.bar, finding))) {
      throw new UserError(
        `${nameOf(finding)} is below the bar: ${finding.class} with ${Math.round(finding.confidence * 100)} % confidence. ` +
          "A maintainer can approve it all the same with `approve … --anyway`.",
      );
    }
    return login;
  } catch (error) {
    if (error instanceof UserError) {
      const detail = { why: error.message, refused: error instanceof ForbiddenError };
      await record(deps.db, {
        at: deps.clock.now(),
        actor,
        action: "approve.refused",
        finding: finding.id,
        detail,
      });
    }
    throw error;
  }
}

function standsInTheWay(finding: Finding): string {
  const name = nameOf(finding);
  const words: Record<State, string> = {
    new: `${name} has no issue yet: it is below the bar. There is nothing to approve.`,
    open: `${name} is open.`,
    approved: `${name} is approved already; its fix is queued.`,
    fixing: `${name} is being fixed already.`,
    pending_review: `${name} has a pull request that waits for review.`,
    merged: `${name} is merged already; a fresh fix is possible when it comes back.`,
    deployed: `${name} is merged and deployed already.`,
    failed: `${name} failed.`,
    dismissed: `${name} is dismissed. \`reopen ${name}\` takes it up again.`,
  };
  return words[finding.state];
}

/**
 * Whether a yes was given to another analysis than the one that stands now. One that was given before there was any
 * rests on the evidence alone, which nothing of it takes back.
 */
export const readAnother = (
  approval: Pick<Approval, "analysisVersion">,
  issue: Pick<IssueRow, "analysisVersion"> | null,
): boolean =>
  approval.analysisVersion > 0 && issue !== null && issue.analysisVersion !== approval.analysisVersion;

/** Takes a yes back while no worker has begun. @throws UserError when it is too late or there is none. */
export async function revoke(deps: Deps, finding: Finding, actor: Actor, note: string | null): Promise<void> {
  await requireRightOf(deps, finding.repo, actor, "committer");
  await deps.db.transaction(async (tx) => {
    const changed = await changeState(deps, tx, {
      finding: finding.id,
      from: ["approved"],
      to: "open",
      actor,
      why: "approval taken back",
      detail: { note },
    });
    if (changed === null) {
      throw new UserError(`${nameOf(finding)} is ${finding.state}: there is no approval to take back.`);
    }
    await revokeApprovals(tx, finding.id, deps.clock.now());
    await changeLabels(tx, deps.clock, finding.id, { remove: [LABELS.approved] });
    await deps.queue.send(tx, "task.drop", { finding: finding.id }, { key: String(finding.id) });
  });
}
