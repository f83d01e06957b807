/** @jsxImportSource hono/jsx */
import type { Child, FC } from "hono/jsx";
import type { FindingDetail } from "../../features/insights/detail.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import { Out, Progress } from "./basics.tsx";

/** What a finding waits for, and who can move it on: the one line to read on its page. */
export const NextStep: FC<{ detail: FindingDetail; acts: boolean }> = ({ detail, acts }) => {
  const text = nextStep(detail, acts);
  return text === null ? null : <p class="next-step">{text}</p>;
};

/** `acts`: buttons for it stand below. */
function nextStep(detail: FindingDetail, acts: boolean): Child {
  const { finding, issue, thread, pulls, tasks, approvals } = detail;
  const task = tasks[0];
  const thePull = pulls[0] === undefined ? null : <Out href={pulls[0].url}>{`#${pulls[0].number}`}</Out>;
  const inThread = thread === null ? null : <Out href={thread.permalink}>its Slack thread</Out>;
  const onIssue = issue === null ? null : <Out href={issue.url}>{`#${issue.number}`}</Out>;
  switch (finding.state) {
    case "new":
      return "Watched. An issue is filed once the verdict is sure enough.";
    case "open":
      return (
        <>
          <b>Waits for a committer:</b> approve the fix {acts ? "below, " : ""}in {inThread ?? "Slack"}, or
          comment <code>/flaky approve</code> on {onIssue ?? "the issue"}.
        </>
      );
    case "approved":
      return `Approved by ${approvals.at(-1)?.login ?? "a committer"}. A worker takes it up next.`;
    case "fixing":
      if (task === undefined) return "A worker takes it up.";
      return (
        <span class="task">
          <Progress done={task.done} total={task.total} label={task.phase ?? task.state} />
          <span>
            {(task.phase ?? task.state).toLowerCase()}
            {task.detail === null ? "" : `: ${clamp(task.detail, 200)}`}
          </span>
        </span>
      );
    case "pending_review":
      return (
        <>
          <b>Waits for review</b> of pull request {thePull}.
        </>
      );
    case "merged":
    case "deployed":
      return finding.heldAt === null
        ? "Runs that contain the fix are being watched."
        : "The fix held: no run that contains it failed with this test.";
    case "failed":
      return (
        <>
          <b>No fix yet:</b> {clamp(task?.error ?? "the attempt ended", 300)} Try again{" "}
          {acts ? "below, " : ""}in {inThread ?? "Slack"}, or comment <code>/flaky fix</code> on{" "}
          {onIssue ?? "the issue"}.
        </>
      );
    case "dismissed":
      return null;
  }
}
