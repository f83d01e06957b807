import type { TaskId } from "../../../kernel/ids.ts";
import type { Context } from "../../context.ts";
import { dropBranch } from "./branch.ts";
import { takeBack } from "./credential.ts";
import { runOf } from "./store.ts";

/** Takes back what a run that is over was lent: first the credential, so that nothing is pushed after the branch is gone. */
export async function closeNode(deps: Context, taskId: TaskId, attempt: number): Promise<void> {
  await takeBack(deps, taskId, attempt);
  const run = await runOf(deps.db, { taskId, attempt });
  if (run !== null) await dropBranch(deps, run);
}
