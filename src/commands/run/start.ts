import { loginOn } from "../../features/approvals/people.ts";
import { requireStarter } from "../../features/approvals/rights.ts";
import type { Context } from "../../features/context.ts";
import { parseFindingRef } from "../../features/findings/resolve.ts";
import { startIssue } from "../../features/fixes/start-issue.ts";
import { NotFoundError, RefusedError, UserError } from "../../kernel/errors.ts";
import { IssueNumber, type RepoName } from "../../kernel/ids.ts";
import { type Call, type Command, toAll } from "../model.ts";
import { repoOfNumber } from "../pull-target.ts";

export const startCommand: Command = {
  name: "start",
  usage: "start ISSUE [note]",
  help: "have any issue worked on as a task (its author may too)",
  who: "committers",
  finding: false,
  async run(deps, call) {
    const { repo, issue, note } = issueOf(deps, call);
    const login = loginOn(deps, repo, call.actor);
    try {
      await requireStarter(deps, repo, issue, login);
      await startIssue(deps, { repo, issue, actor: call.actor, note });
    } catch (error) {
      if (error instanceof RefusedError && error.status === 404)
        throw new NotFoundError(`${repo} has no issue #${issue}.`);
      throw error;
    }
    return toAll(`:thumbsup: #${issue} is approved; a worker takes it up.`);
  },
};

function issueOf(
  deps: Pick<Context, "config">,
  call: Call,
): { repo: RepoName; issue: IssueNumber; note: string | null } {
  const [first, ...rest] = call.args;
  const ref = first === undefined ? null : parseFindingRef(first);
  if (ref?.kind === "number") {
    const issue = IssueNumber.parse(ref.number);
    return { repo: repoOfNumber(deps, call, ref), issue, note: rest.join(" ") || null };
  }
  if (ref === null && call.here?.issueNumber != null)
    return { repo: call.here.repo, issue: call.here.issueNumber, note: call.args.join(" ") || null };
  throw new UserError("Start which issue? Write its number, as in `start #12`.");
}
