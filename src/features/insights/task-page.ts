import { eq } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import { findings, tasks } from "../../../db/schema.ts";
import type { TaskId } from "../../kernel/ids.ts";

/** A task as its own page shows it, and the finding it is for; null when there is none of that id. */
export async function taskDetail(db: Db, id: TaskId) {
  const [row] = await db
    .select({ task: tasks, finding: findings })
    .from(tasks)
    .innerJoin(findings, eq(findings.id, tasks.findingId))
    .where(eq(tasks.id, id));
  return row ?? null;
}
export type TaskDetail = NonNullable<Awaited<ReturnType<typeof taskDetail>>>;

const Step = z.object({
  step: z.number().optional(),
  kind: z.string().optional(),
  at: z.coerce.date(),
  text: z.string().nullish(),
  calls: z.array(z.object({ name: z.string(), arguments: z.string(), result: z.string() })).optional(),
});
/** What the fixer said and did in one step, or a note beside its steps. */
export type Step = z.infer<typeof Step>;

/** Steps of a log of JSON lines, oldest first; what is no step is left out. */
export function readSteps(log: string): Step[] {
  return log.split("\n").flatMap((line) => {
    if (line.trim() === "") return [];
    try {
      const parsed = Step.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      // the last line may be half written
      return [];
    }
  });
}
