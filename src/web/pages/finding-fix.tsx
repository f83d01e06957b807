/** @jsxImportSource hono/jsx */
import type { FC } from "hono/jsx";
import type { FindingDetail } from "../../features/insights/detail.ts";
import { readResult, type TaskReport } from "../../features/insights/result.ts";
import { duration, number, percent, plural, usd, words } from "../format.ts";
import { Chip, Out, Progress, Time } from "../parts/basics.tsx";
import { Diff } from "../parts/code.tsx";
import { Prose } from "../parts/prose.tsx";
import { CheckChip, PullState, ReviewChip, taskTone } from "./marks.tsx";
import { type DetailProps, Panel } from "./panel.tsx";

type Task = FindingDetail["tasks"][number];
type Pull = FindingDetail["pulls"][number];

/** The fix: approval, tasks with their proof, the patch and the pull request. */
export const Fix: FC<DetailProps> = ({ detail, now }) => {
  const approval = detail.approvals.at(-1);
  const patched = detail.tasks.find((task) => task.patch !== null);
  return (
    <Panel id="fix" title="Fix">
      {detail.tasks.length === 0 && approval === undefined && detail.pulls.length === 0 ? (
        <p class="muted">Not started. A committer's approval starts it.</p>
      ) : null}
      {detail.pulls.map((pull) => (
        <PullBox pull={pull} detail={detail} now={now} />
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
        <TaskBox task={task} newest={index === 0} now={now} />
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

const PullBox: FC<{ pull: Pull; detail: FindingDetail; now: Date }> = ({ pull, detail, now }) => {
  const remarks = detail.reviewComments.filter((one) => one.repo === pull.repo && one.pull === pull.number);
  return (
    <div class="box">
      <p>
        <Out href={pull.url} class="strong">
          Pull request {pull.repo}#{pull.number}
        </Out>{" "}
        <PullState state={pull.state} /> <CheckChip checks={pull.checks} />{" "}
        <ReviewChip review={pull.review} />
      </p>
      <p class="meta">
        <code>{pull.branch}</code> at <code>{pull.headSha.slice(0, 8)}</code>, opened{" "}
        <Time at={pull.openedAt} now={now} />
        {pull.rounds === 0 ? "" : `, ${plural(pull.rounds, "review round")}`}
        {pull.mergedBy === null ? "" : `, merged by ${pull.mergedBy}`}
      </p>
      {remarks.length === 0 ? null : (
        <details id={`remarks-${pull.number}`}>
          <summary>{plural(remarks.length, "review remark")}</summary>
          <ol class="talk">
            {remarks.map((remark) => (
              <li>
                <p class="meta">
                  <b>{remark.author}</b>
                  {remark.path === null
                    ? ""
                    : ` on ${remark.path}${remark.line === null ? "" : `:${remark.line}`}`}{" "}
                  {remark.answeredAt === null ? (
                    <Chip tone="busy">open</Chip>
                  ) : (
                    <Chip tone="good">answered</Chip>
                  )}
                </p>
                <Prose text={remark.body} />
              </li>
            ))}
          </ol>
        </details>
      )}
    </div>
  );
};

const TaskBox: FC<{ task: Task; newest: boolean; now: Date }> = ({ task, newest, now }) => {
  const report = readResult(task.result);
  const running = task.state === "queued" || task.state === "running" || task.state === "publishing";
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
      {running ? (
        <p class="task">
          <Progress done={task.done} total={task.total} label={task.phase ?? task.state} />
          <span>
            {(task.phase ?? task.state).toLowerCase()}
            {task.detail === null ? "" : `: ${task.detail}`}
          </span>
        </p>
      ) : null}
      {task.error === null ? null : <p class="error">{task.error}</p>}
      <Report report={report} round={task.kind !== "fix"} />
    </details>
  );
};

const Report: FC<{ report: TaskReport; round: boolean }> = ({ report, round }) => {
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
            <dd>{before == null ? "not reproduced" : `${before.failures} of ${before.runs} runs failed`}</dd>
          </div>
        )}
        <div>
          <dt>After the fix</dt>
          <dd>{after == null ? "not run" : `${after.failures} of ${after.runs} runs failed`}</dd>
        </div>
        {bound == null ? null : (
          <div>
            <dt>Failure rate now</dt>
            <dd>below {percent(bound)} (95 % sure)</dd>
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
