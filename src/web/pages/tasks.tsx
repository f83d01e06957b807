/** @jsxImportSource hono/jsx */
import type { FC } from "hono/jsx";
import type { TaskEntry } from "../../features/insights/operations.ts";
import { duration } from "../format.ts";
import { Act, SignInToAct, StartForm } from "../parts/actions.tsx";
import { Chip, Empty, FindingLink, Time } from "../parts/basics.tsx";
import { TaskProgress } from "../parts/task-progress.tsx";
import type { Viewer } from "../viewer.ts";
import { taskTone } from "./marks.tsx";

interface Props {
  entries: readonly TaskEntry[];
  /** Repositories whose issues can be started. */
  repos: readonly string[];
  /** Which token publishes what a task made. */
  credential: string;
  viewer: Viewer;
  now: Date;
}

const PARTS = [
  { id: "running", title: "Running", states: ["running", "publishing"] },
  { id: "queued", title: "Waiting for a worker", states: ["queued"] },
  { id: "ended", title: "Ended", states: ["done", "failed", "cancelled"] },
];

/** Tasks of the fixer: those under way, those that wait, those that ended; and any issue started as one. */
export const TasksPage: FC<Props> = ({ entries, repos, credential, viewer, now }) => (
  <>
    <div class="head">
      <h1>Tasks</h1>
      <StartForm viewer={viewer} repos={repos} />
    </div>
    <SignInToAct viewer={viewer} />
    <p class="meta">
      Tasks work in a sandbox without credentials; what they made is published with <b>{credential}</b>.
    </p>
    {entries.length === 0 ? (
      <Empty title="No task yet">
        <p>An approval starts a task: it reproduces the failure, changes the test, and proves the change.</p>
      </Empty>
    ) : null}
    {PARTS.map(({ id, title, states }) => {
      const part = entries.filter(({ task }) => states.includes(task.state));
      return part.length === 0 ? null : (
        <section class="group" aria-labelledby={id}>
          <h2 id={id}>
            {title} <small>{part.length}</small>
          </h2>
          <ul class="rows">
            {part.map((entry) => (
              <TaskRow entry={entry} viewer={viewer} now={now} />
            ))}
          </ul>
        </section>
      );
    })}
  </>
);

const TaskRow: FC<{ entry: TaskEntry; viewer: Viewer; now: Date }> = ({ entry, viewer, now }) => {
  const { task, finding } = entry;
  const on = `F${finding.id}`;
  return (
    <li class="row row-task">
      <div class="row-state">
        <Chip tone={taskTone(task.state)}>{task.state}</Chip>
      </div>
      <div class="row-what">
        <FindingLink id={finding.id} test={finding.test} />
        <p class="meta">
          <a href={`/tasks/${encodeURIComponent(task.id)}`}>
            <code>{task.id}</code>
          </a>{" "}
          · {task.kind} for {task.requestedBy} · {finding.repo}
          {task.attempt > 1 ? ` · attempt ${task.attempt}` : ""}
        </p>
        {task.error === null ? null : <p class="error">{task.error}</p>}
        {task.state === "queued" || task.state === "running" ? (
          <div class="acts">
            <Act {...{ viewer, on: task.id }} run="cancel" label="Cancel" tone="bad" confirm />
          </div>
        ) : null}
        {task.state === "failed" && finding.state === "failed" ? (
          <div class="acts">
            {finding.kind === "issue" && finding.issueNumber !== null ? (
              <Act
                {...{ viewer }}
                run="start"
                on={`${finding.repo}#${finding.issueNumber}`}
                label="Restart"
              />
            ) : (
              <Act {...{ viewer, on, repo: finding.repo }} run="fix" label="Restart" />
            )}
          </div>
        ) : null}
      </div>
      <div class="row-progress">
        <Doing entry={entry} />
      </div>
      <div class="row-when">
        <span>{task.worker ?? "no worker yet"}</span>
        <span>{tookOf(task, now)}</span>
        <Time at={task.finishedAt ?? task.createdAt} now={now} />
      </div>
    </li>
  );
};

const Doing: FC<{ entry: TaskEntry }> = ({ entry: { task, finding } }) => {
  const running = task.state === "running" || task.state === "publishing";
  if (running) return <TaskProgress task={task} />;
  const waits = task.state === "done" && finding.state === "pending_review";
  return <span class="muted">{waits ? "waits for its merge" : endOf(task)}</span>;
};

/** Where a task that came to nothing ended. */
const endOf = (task: TaskEntry["task"]): string =>
  (task.state === "failed" || task.state === "cancelled") && task.phase !== null
    ? `ended in ${task.phase.toLowerCase()}`
    : "";

function tookOf(task: TaskEntry["task"], now: Date): string {
  if (task.startedAt === null) return "";
  const span = duration((task.finishedAt ?? now).getTime() - task.startedAt.getTime());
  return task.finishedAt === null ? `for ${span}` : `took ${span}`;
}
