import { requireRightOf } from "../../features/approvals/rights.ts";
import type { Context } from "../../features/context.ts";
import { nameOf } from "../../features/findings/model.ts";
import { parseFindingRef } from "../../features/findings/resolve.ts";
import { findingById } from "../../features/findings/store.ts";
import { cancelTask } from "../../features/fixes/cancel.ts";
import { listTasks, liveTask, type Task, taskById } from "../../features/fixes/store.ts";
import { NotFoundError, UserError } from "../../kernel/errors.ts";
import { TaskId } from "../../kernel/ids.ts";
import { slackCode } from "../../kernel/text/escape.ts";
import { type Call, type Command, toAll } from "../model.ts";
import { targetOf } from "../target.ts";

export const cancelCommand: Command = {
  name: "cancel",
  usage: "cancel TASK [note]",
  help: "stop a task, named by its own name or its finding's; its worker hears of it within seconds",
  who: "committers",
  finding: false,
  async run(deps, call) {
    const { task, note } = await taskOf(deps, call);
    const finding = await findingById(deps.db, task.findingId);
    if (finding === null) throw new NotFoundError("Its finding is gone.");
    const login = await requireRightOf(deps, finding.repo, call.actor, "committer");
    const over = await cancelTask(deps, task, finding, { actor: call.actor, name: login, note });
    if (over !== null) throw new UserError(`${slackCode(task.id)} is ${over} already.`);
    return toAll(`:octagonal_sign: The work on ${nameOf(finding)} is cancelled.`);
  },
};

/** The task that is named: by its id, by the finding that it works on, or by the thread it is said in. */
async function taskOf(deps: Pick<Context, "db">, call: Call): Promise<{ task: Task; note: string }> {
  const [first = "", ...words] = call.args;
  const note = words.join(" ");
  const id = TaskId.safeParse(first);
  const named = id.success ? await taskById(deps.db, id.data) : null;
  if (named !== null) return { task: named, note };
  const ref = parseFindingRef(first);
  if (ref !== null || call.here !== null) {
    const { finding, rest } = await targetOf(deps, call);
    const live = await liveTask(deps.db, finding.id);
    if (live === null) throw new NotFoundError(`No task is at work on ${nameOf(finding)}.`);
    return { task: live, note: rest };
  }
  const some = (await listTasks(deps.db, 5)).map((one) => slackCode(one.id)).join(", ");
  throw new NotFoundError(`There is no such task.${some === "" ? "" : ` The latest are ${some}.`}`);
}
