import type { Actor } from "../../kernel/actor.ts";
import { UserError } from "../../kernel/errors.ts";
import { requireLogin } from "../approvals/people.ts";
import { requireRight } from "../approvals/rights.ts";
import type { Context } from "../context.ts";
import { type Finding, nameOf } from "../findings/model.ts";
import { queueTask } from "../fixes/plan.ts";
import { openRemarks, pullOf, takeRemarks } from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "config" | "forge">;

/**
 * Starts a round on the remarks of a review. @returns how many remarks it takes up.
 * @throws UserError when there is no pull request, nothing to address, a round at work, or the limit is reached.
 */
export async function address(
  deps: Deps,
  finding: Finding,
  actor: Actor,
  note: string | null,
): Promise<number> {
  const login = requireLogin(actor);
  await requireRight(deps, finding.repo, login, "committer");
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
  return deps.db.transaction(async (tx) => {
    const remarks = await openRemarks(tx, finding.id);
    if (remarks.length === 0 && note === null) {
      throw new UserError(
        `There are no open remarks on #${pull.number}. Say what to change: \`address ${nameOf(finding)} …\`.`,
      );
    }
    const task = await queueTask(deps, tx, finding, { kind: "address", by: login, note });
    if (task === null)
      throw new UserError(`A round on #${pull.number} is at work already; its card shows how far it is.`);
    await takeRemarks(tx, finding.id, task);
    return remarks.length;
  });
}
