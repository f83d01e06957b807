/** @jsxImportSource hono/jsx */
import type { FC } from "hono/jsx";
import { readResult } from "../../features/insights/result.ts";
import { readSteps, type Step, type TaskDetail } from "../../features/insights/task-page.ts";
import { clamp, firstLine } from "../../kernel/text/clamp.ts";
import type { FileLines } from "../../platform/file-lines.ts";
import { duration } from "../format.ts";
import { Act } from "../parts/actions.tsx";
import { Chip, FindingLink, Time } from "../parts/basics.tsx";
import { Diff } from "../parts/code.tsx";
import { Prose } from "../parts/prose.tsx";
import { isOpen, TaskProgress } from "../parts/task-progress.tsx";
import type { Viewer } from "../viewer.ts";
import { labelsOf } from "./boards.tsx";
import { Report } from "./finding-fix.tsx";
import { taskTone } from "./marks.tsx";
import { Panel } from "./panel.tsx";

/** Some steps of the log as JSON lines, and where they end; null where this machine does not have it. */
type Log = (FileLines & { before: number | null }) | null;

interface Props {
  detail: TaskDetail;
  log: Log;
  credential: string;
  viewer: Viewer;
  now: Date;
}

/** One task: where it stands, what came of it, and what the fixer did step by step. */
export const TaskPage: FC<Props> = ({ detail: { task, finding }, log, credential, viewer, now }) => {
  return (
    <article class="task-page">
      <p class="crumbs">
        <a href="/tasks">Tasks</a> <span aria-hidden="true">/</span> {task.id}
      </p>
      <h1>
        {task.kind === "fix" ? "Fix of" : "Review round of"}{" "}
        <FindingLink id={finding.id} test={finding.test} />
      </h1>
      <p class="meta">
        <Chip tone={taskTone(task.state)}>{task.state}</Chip> for {task.requestedBy},{" "}
        <Time at={task.createdAt} now={now} />
      </p>
      {isOpen(task) ? <TaskProgress task={task} /> : null}
      {task.error === null ? null : <p class="error">{task.error}</p>}
      {task.state === "queued" || task.state === "running" ? (
        <div class="acts">
          <Act {...{ viewer, on: task.id }} run="cancel" label="Cancel task" tone="bad" confirm />
        </div>
      ) : null}
      <TaskFacts {...{ task, credential, now }} />
      <Panel id="result" title="Result">
        <Report report={readResult(task.result)} round={task.kind !== "fix"} />
        {task.patch === null ? <p class="muted">No patch yet.</p> : <Diff patch={task.patch} />}
      </Panel>
      <Panel id="steps" title="Steps">
        <Steps log={log} worker={task.worker} id={task.id} now={now} />
      </Panel>
    </article>
  );
};

type TaskFactsProps = { task: TaskDetail["task"]; credential: string; now: Date };

const TaskFacts: FC<TaskFactsProps> = ({ task, credential, now }) => {
  const end = task.finishedAt ?? now;
  const labels = labelsOf(task.labels);
  return (
    <dl class="proof">
      <div>
        <dt>Worker</dt>
        <dd>{task.worker ?? "none yet"}</dd>
      </div>
      <div>
        <dt>Labels asked for</dt>
        <dd>{labels.length === 0 ? "none" : labels.join(", ")}</dd>
      </div>
      <div>
        <dt>Credential</dt>
        <dd>{credential}</dd>
      </div>
      <div>
        <dt>Attempt</dt>
        <dd>{task.attempt === 0 ? "none yet" : task.attempt}</dd>
      </div>
      <div>
        <dt>Took</dt>
        <dd>{task.startedAt === null ? "–" : duration(end.getTime() - task.startedAt.getTime())}</dd>
      </div>
      <div>
        <dt>Branch</dt>
        <dd>
          <code>{task.branch}</code>
        </dd>
      </div>
    </dl>
  );
};

const Steps: FC<{ log: Log; worker: string | null; id: string; now: Date }> = (props) => {
  const { log, worker, id, now } = props;
  if (log === null)
    return (
      <p class="muted">
        Not on this machine: the steps are where the task ran{worker === null ? "" : ` (${worker})`}, in{" "}
        <code>artifacts/{id}/trajectory.ndjson</code> of its data folder.
      </p>
    );
  const steps = readSteps(log.text);
  return (
    <>
      {log.from === 0 && log.before === null ? null : (
        <nav class="pager" aria-label="Steps">
          {log.from === 0 ? null : <a href={`?before=${log.from}#steps`}>← Older steps</a>}
          {log.before === null ? null : <a href="?#steps">Newest steps</a>}
        </nav>
      )}
      {steps.length === 0 ? <p class="muted">No step yet.</p> : null}
      <ol class="steps">
        {steps.map((step, index) => (
          <StepItem step={step} index={index} now={now} />
        ))}
      </ol>
    </>
  );
};

const StepItem: FC<{ step: Step; index: number; now: Date }> = ({ step, index, now }) => (
  <li>
    <p class="meta">
      <b>{step.step === undefined ? (step.kind ?? "note") : `Step ${step.step}`}</b>{" "}
      <Time at={step.at} now={now} />
    </p>
    {step.text == null || step.text === "" ? null : <Prose text={clamp(step.text, 4000)} />}
    {(step.calls ?? []).map((call, nth) => (
      <details id={`step-${index}-${nth}`}>
        <summary>
          <code>{call.name}</code> <small>{firstLine(call.arguments, 120)}</small>
        </summary>
        <pre class="log" tabindex={0}>
          {clamp(call.arguments, 4000)}
        </pre>
        <pre class="log" tabindex={0}>
          {clamp(call.result, 8000)}
        </pre>
      </details>
    ))}
  </li>
);
