import type { Actor } from "../../kernel/actor.ts";
import type { Context } from "../context.ts";
import type { Finding } from "../findings/model.ts";
import { endTask } from "./end.ts";
import { type Task, taskById } from "./store.ts";

/**
 * Ends a task that waits or is at work; its worker hears of it within seconds.
 * @param by `name` is how the reason calls them
 * @returns the state it is in where that is none to cancel it in: over, or being published; null once it is cancelled.
 */
export async function cancelTask(
  deps: Pick<Context, "db" | "queue" | "clock">,
  task: Task,
  finding: Finding,
  by: { actor: Actor; name: string; note: string },
): Promise<Task["state"] | null> {
  if (task.state !== "queued" && task.state !== "running") return task.state;
  const error = `cancelled by ${by.name}${by.note === "" ? "" : `: ${by.note}`}`;
  await endTask(deps, task, finding, { state: "cancelled", error, result: null, by: by.actor });
  const state = (await taskById(deps.db, task.id))?.state ?? "cancelled";
  return state === "cancelled" ? null : state;
}
