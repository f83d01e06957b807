/** @jsxImportSource hono/jsx */
import type { FC } from "hono/jsx";
import { Progress } from "./basics.tsx";

interface TaskAtWork {
  state: string;
  phase: string | null;
  detail: string | null;
  done: number | null;
  total: number | null;
}

/** Whether a task has not come to its end. */
export const isOpen = ({ state }: Pick<TaskAtWork, "state">): boolean =>
  state === "queued" || state === "running" || state === "publishing";

/** How far a task is, and what it does. */
export const TaskProgress: FC<{ task: TaskAtWork }> = ({ task }) => (
  <div class="task">
    <Progress done={task.done} total={task.total} label={task.phase ?? task.state} />
    <span>
      {(task.phase ?? task.state).toLowerCase()}
      {task.detail === null ? "" : `: ${task.detail}`}
    </span>
  </div>
);
