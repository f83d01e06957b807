import { stressWords } from "../../kernel/stress.ts";
import { failedText } from "../../kernel/text/figures.ts";
/** @jsxImportSource hono/jsx */

import type { FC } from "hono/jsx";
import type { FindingDetail } from "../../features/insights/detail.ts";
import { readResult, type TaskReport } from "../../features/insights/result.ts";
import { duration, number, percent, plural, usd, words } from "../format.ts";
import { Act } from "../parts/actions.tsx";
import { Chip, Time } from "../parts/basics.tsx";
import { Diff } from "../parts/code.tsx";
import { Prose } from "../parts/prose.tsx";
import { isOpen, TaskProgress } from "../parts/task-progress.tsx";
import { taskTone } from "./marks.tsx";
import { type DetailProps, Panel } from "./panel.tsx";
import { PullBox } from "./pull-box.tsx";

type Task = FindingDetail["tasks"][number];

/** The fix: approval, tasks with their proof, the patch and the pull request. */
export const Fix: FC<DetailProps> = ({ detail, now, viewer }) => {
  const approval = detail.approvals.at(-1);
  const patched = detail.tasks.find((task) => task.patch !== null);
  return (
    <Panel id="fix" title="Fix">
      {detail.tasks.length === 0 && approval === undefined && detail.pulls.length === 0 ? (
        <p class="muted">Not started. A committer's approval starts it.</p>
      ) : null}
      {detail.pulls.map((pull) => (
        <PullBox pull={pull} detail={detail} now={now} viewer={viewer} />
      ))}
      {approval === undefined ? null : (
        <p class="meta">
          Approved by <b>{approval.login}</b> <Time at={approval.at} now={now} /> via {approval.via}
          {approval.anyway ? ", below the bar" : ""}
          {approval.revokedAt === null ? "" : ", then revoked"}
          {approval.note === null ? null : <q>{approval.note}</q>}
        </p>
      )}
      {detail.tasks.map((task, index) => (
        <TaskBox task={task} newest={index === 0} now={now} viewer={viewer} />
      ))}
      {patched?.patch == null ? null : (
        <>
          <h3>Change</h3>
          <Diff patch={patched.patch} />
        </>
      )}
    </Panel>
  );
};

type TaskBoxProps = Pick<DetailProps, "now" | "viewer"> & { task: Task; newest: boolean };

const TaskBox: FC<TaskBoxProps> = ({ task, newest, now, viewer }) => {
  const report = readResult(task.result);
  const running = isOpen(task);
  const end = task.finishedAt ?? now;
  const took = task.startedAt === null ? null : duration(end.getTime() - task.startedAt.getTime());
  return (
    <details class="box" id={`task-${task.id}`} open={newest}>
      <summary>
        <b>{task.kind === "fix" ? "Fix" : "Answer to the review"}</b>{" "}
        <Chip tone={taskTone(task.state)}>{task.state}</Chip>{" "}
        <span class="meta">
          <code>{task.id}</code> for {task.requestedBy}, <Time at={task.createdAt} now={now} />
          {took === null ? "" : `, ${running ? "for" : "took"} ${took}`}
        </span>
      </summary>
      {running ? <TaskProgress task={task} /> : null}
      {task.error === null ? null : <p class="error">{task.error}</p>}
      <Report report={report} round={task.kind !== "fix"} />
      <p class="meta">
        <a href={`/tasks/${encodeURIComponent(task.id)}`}>Steps and log</a>
      </p>
      {task.state === "queued" || task.state === "running" ? (
        <div class="acts">
          <Act
            {...{ viewer, on: task.id }}
            run="cancel"
            label="Cancel task"
            tone="bad"
            says="Its worker stops within seconds; the finding can be started again."
            confirm
          />
        </div>
      ) : null}
    </details>
  );
};

/** What a task's result says: proof, gates, text of the pull request. */
export const Report: FC<{ report: TaskReport; round: boolean }> = ({ report, round }) => {
  const { status } = report;
  return (
    <>
      {report.pr?.title === undefined ? null : <p class="strong">{report.pr.title}</p>}
      {status === undefined ? null : <Proof status={status} round={round} />}
      {status?.gates === undefined || status.gates.length === 0 ? null : (
        <ul class="gates" aria-label="Gates">
          {status.gates.map((gate) => (
            <li class={gate.ok ? "ok" : "no"}>
              <span aria-hidden="true">{gate.ok ? "✓" : "✗"}</span> <b>{words(gate.name)}</b>
              <span class="sr">{gate.ok ? "passed" : "failed"}</span> <span>{gate.detail ?? ""}</span>
            </li>
          ))}
        </ul>
      )}
      {report.pr?.body === undefined ? null : (
        <details id="pr-body">
          <summary>Text of the pull request</summary>
          <Prose text={report.pr.body} />
        </details>
      )}
    </>
  );
};

/** A review round does not reproduce again: the fix before it did. */
const Proof: FC<{ status: NonNullable<TaskReport["status"]>; round: boolean }> = ({ status, round }) => {
  const { before, after, bound } = status.reproduction ?? {};
  const labels = status.risk_labels ?? [];
  return (
    <>
      <dl class="proof">
        {round && before == null ? null : (
          <div>
            <dt>Before the fix</dt>
            <dd>{before == null ? "not reproduced" : failedText(before)}</dd>
          </div>
        )}
        <div>
          <dt>After the fix</dt>
          <dd>{after == null ? "not run" : failedText(after)}</dd>
        </div>
        {bound == null ? null : (
          <div>
            <dt>Failure rate now</dt>
            <dd>
              below {percent(bound)}
              {after?.stress === undefined ? "" : ` ${stressWords(after.stress)}`} (95 % sure)
            </dd>
          </div>
        )}
        {status.cost?.usd == null ? null : (
          <div>
            <dt>Cost</dt>
            <dd>
              {usd(status.cost.usd)}
              {status.cost.tokens == null ? "" : `, ${number(status.cost.tokens)} tokens`}
            </dd>
          </div>
        )}
        {status.diff_lines == null ? null : (
          <div>
            <dt>Size</dt>
            <dd>
              {plural(status.diff_lines, "line")} in {plural(status.diff_files ?? 1, "file")}
            </dd>
          </div>
        )}
        {status.sandbox === undefined ? null : (
          <div>
            <dt>Sandbox</dt>
            <dd>{status.sandbox}</dd>
          </div>
        )}
      </dl>
      {labels.length === 0 ? null : (
        <p class="chips">
          {labels.map((label) => (
            <Chip tone="bad">{label}</Chip>
          ))}
        </p>
      )}
    </>
  );
};
