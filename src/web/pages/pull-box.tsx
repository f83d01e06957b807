/** @jsxImportSource hono/jsx */
import type { FC } from "hono/jsx";
import type { FindingDetail } from "../../features/insights/detail.ts";
import { plural, webAddress } from "../format.ts";
import { Act } from "../parts/actions.tsx";
import { Chip, Out, Time } from "../parts/basics.tsx";
import { Prose } from "../parts/prose.tsx";
import type { Viewer } from "../viewer.ts";
import { CheckChip, PullState, ReviewChip } from "./marks.tsx";
import type { DetailProps } from "./panel.tsx";

type Pull = FindingDetail["pulls"][number];

/** A pull request of ours: checks, reviews, and what can be done with it. */
export const PullBox: FC<DetailProps & { pull: Pull }> = ({ pull, detail, now, viewer }) => {
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
      {pull.state === "open" ? <PullActs forge={detail.forge} pull={pull} viewer={viewer} /> : null}
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
                  {remark.answeredAt === null && remark.taskId === null && !remark.trusted ? (
                    <Chip tone="plain">no right: not taken up</Chip>
                  ) : remark.answeredAt === null ? (
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

const PullActs: FC<{ pull: Pull; forge: string; viewer: Viewer }> = ({ pull, forge, viewer }) => {
  const on = `F${pull.findingId}`;
  const address = webAddress(pull.url);
  return (
    <div class="acts">
      {address === null ? null : (
        <a class="button main" href={address} rel="noopener noreferrer">
          Review on {forge}
        </a>
      )}
      <Act
        {...{ viewer, on }}
        run="merge"
        label="Approve and merge"
        says={`It is merged as ${pull.headSha.slice(0, 8)}, with your name as who approved it.`}
        confirm
      />
      <Act
        {...{ viewer, on }}
        run="address"
        label="Answer the review"
        note={{ label: "A word for the fixer (may be empty)", required: false }}
      />
      <Act {...{ viewer, on }} run="rebase" label="Rebase and rerun" />
      <Act
        {...{ viewer, on }}
        run="close"
        label="Close"
        tone="bad"
        note={{ label: "Why?", required: true }}
        says="The pull request is closed without merging; the finding can be started again."
      />
    </div>
  );
};
