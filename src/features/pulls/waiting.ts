import { eq } from "drizzle-orm";
import { tasks } from "../../../db/schema.ts";
import { TaskId } from "../../kernel/ids.ts";
import type { Context } from "../context.ts";

/** Asks again for the publishing of finished tasks: after a pause, or a crash in between. Publishing twice is none. */
export async function publishWaiting(deps: Pick<Context, "db" | "queue">): Promise<void> {
  const waiting = await deps.db
    .select({ id: tasks.id, attempt: tasks.attempt })
    .from(tasks)
    .where(eq(tasks.state, "publishing"));
  for (const { id, attempt } of waiting) {
    const payload = { task: TaskId.parse(id), attempt };
    await deps.queue.send(deps.db, "task.publish", payload, { key: `${id}/${attempt}` });
  }
}
