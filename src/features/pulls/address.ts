import type { Actor } from "../../kernel/actor.ts";
import { UserError } from "../../kernel/errors.ts";
import { Login } from "../../kernel/ids.ts";
import { askedOnce, mayAskForChange, requireRightOf } from "../approvals/rights.ts";
import type { Context } from "../context.ts";
import { type Finding, nameOf } from "../findings/model.ts";
import { queueTask } from "../fixes/plan.ts";
import {
  isOfChecks,
  isOfConflict,
  openRemarks,
  type Pull,
  pullOf,
  type Remark,
  takeRemarks,
} from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "config" | "forge">;

/**
 * Starts a round on the remarks of people with rights, on red checks and on a conflict. @returns how many remarks it takes up.
 * @throws UserError when there is no pull request, nothing to address, a round at work, or the limit is reached.
 */
export async function address(
  deps: Deps,
  finding: Finding,
  actor: Actor,
  note: string | null,
): Promise<number> {
  const login = await requireRightOf(deps, finding.repo, actor, "committer");
  const pull = await pullOf(deps.db, finding.id);
  if (pull === null || pull.state !== "open" || finding.state !== "pending_review") {
    throw new UserError(`${nameOf(finding)} has no open pull request, so there is nothing to address.`);
  }
  const { review_rounds: most } = deps.config.file.limits;
  if (pull.rounds >= most) {
    throw new UserError(
      `#${pull.number} has been through ${most} rounds, which is the limit (limits.review_rounds). A person should take it from here.`,
    );
  }
  const remarks = await heardAndNot(deps, finding, pull);
  return deps.db.transaction(async (tx) => {
    if (remarks.heard.length === 0 && note === null) {
      const others = remarks.unheard.length === 0 ? "" : " of people who may ask for changes";
      throw new UserError(
        `There are no open remarks${others} on #${pull.number}. Say what to change: \`address ${nameOf(finding)} …\`.`,
      );
    }
    const task = await queueTask(deps, tx, finding, { kind: "address", by: login, note });
    if (task === null)
      throw new UserError(`A round on #${pull.number} is at work already; its card shows how far it is.`);
    await takeRemarks(tx, task, remarks);
    return remarks.heard.length;
  });
}

/** The open remarks by whether their author may ask for changes now, whatever was so when they were written. */
async function heardAndNot(deps: Deps, finding: Finding, pull: Pull) {
  const remarks: { heard: Remark[]; unheard: Remark[] } = { heard: [], unheard: [] };
  const may = askedOnce((login) => mayAskForChange(deps, finding.repo, login));
  for (const remark of await openRemarks(deps.db, pull)) {
    if (isOfChecks(remark) || isOfConflict(remark)) {
      const isOfHead = remark.source.endsWith(pull.headSha);
      if (isOfHead) remarks.heard.push(remark);
      continue;
    }
    const right = await may(Login.parse(remark.author));
    remarks[right ? "heard" : "unheard"].push(remark);
  }
  return remarks;
}
