import { z } from "zod";
import { RefusedError } from "../../kernel/errors.ts";
import { Sha } from "../../kernel/ids.ts";
import type { Task } from "../fixes/store.ts";

/** What of a task's result is needed to publish it. */
const Result = z.object({
  commitMessage: z.string().min(1),
  pr: z.object({ title: z.string().min(1), body: z.string() }),
  labels: z.array(z.string()),
  replies: z.array(z.object({ commentId: z.int(), text: z.string() })),
});

export interface Publication extends z.infer<typeof Result> {
  patch: string;
  baseSha: Sha;
  at: Date;
}

/** Reads a finished task's publication back from its row. @throws RefusedError when it holds none. */
export function publicationOf(task: Task): Publication {
  const result = Result.safeParse(task.result);
  if (!result.success || task.patch === null || task.baseSha === null || task.finishedAt === null) {
    throw new RefusedError("the task's result holds nothing to publish");
  }
  return { ...result.data, patch: task.patch, baseSha: Sha.parse(task.baseSha), at: task.finishedAt };
}
