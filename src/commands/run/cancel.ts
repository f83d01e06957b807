import { requireLogin } from "../../features/approvals/people.ts";
import { requireRight } from "../../features/approvals/rights.ts";
import { findingById } from "../../features/findings/store.ts";
import { endTask } from "../../features/fixes/end.ts";
import { listTasks, taskById } from "../../features/fixes/store.ts";
import { NotFoundError, UserError } from "../../kernel/errors.ts";
import { TaskId } from "../../kernel/ids.ts";
import { slackCode } from "../../kernel/text/escape.ts";
import { type Command, toAll } from "../model.ts";

export const cancelCommand: Command = {
  name: "cancel",
  usage: "cancel TASK",
  help: "stop a task; its worker hears of it within seconds",
  who: "committers",
  finding: false,
  async run(deps, call) {
    const id = TaskId.safeParse(call.args[0]);
    const task = id.success ? await taskById(deps.db, id.data) : null;
    if (task === null) {
      const some = (await listTasks(deps.db, 5)).map((one) => slackCode(one.id)).join(", ");
      throw new NotFoundError(`There is no such task.${some === "" ? "" : ` The latest are ${some}.`}`);
    }
    const finding = await findingById(deps.db, task.findingId);
    if (finding === null) throw new NotFoundError("Its finding is gone.");
    const login = requireLogin(call.actor);
    await requireRight(deps, finding.repo, login, "committer");
    if (task.state !== "queued" && task.state !== "running")
      throw new UserError(`${slackCode(task.id)} is ${task.state} already.`);
    await endTask(deps, task, finding, { state: "cancelled", error: `cancelled by ${login}`, result: null });
    return toAll(`${slackCode(task.id)} is cancelled.`);
  },
};
