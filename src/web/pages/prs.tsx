/** @jsxImportSource hono/jsx */
import type { FC } from "hono/jsx";
import type { Target } from "../../config/index.ts";
import type { Board } from "../../features/pipelines/board.ts";
import { plural } from "../format.ts";
import { SignInToAct } from "../parts/actions.tsx";
import { Empty, Time } from "../parts/basics.tsx";
import type { Viewer } from "../viewer.ts";
import { PrRow } from "./prs-row.tsx";

interface PrsProps {
  board: Board;
  targets: readonly Target[];
  now: Date;
  viewer: Viewer;
}

/** Open pull requests of a target: conflicts, reviews, what failed and what is under way, and buttons to run it again. */
export const PrsPage: FC<PrsProps> = ({ board, targets, now, viewer }) => (
  <>
    <div class="head">
      <h1>Pull requests</h1>
      <Choice board={board} targets={targets} />
    </div>
    <p class="meta prs-read">
      <Read board={board} now={now} />
    </p>
    {board.fault === null ? null : (
      <p class="banner" role="alert">
        {board.fault}
      </p>
    )}
    {board.withheld.map((said) => (
      <p class="banner">Something is kept back: {said}</p>
    ))}
    {board.rows.length > 0 ? (
      <Table board={board} now={now} viewer={viewer} />
    ) : board.readAt === null ? null : (
      <Empty title={`No open pull request of ${board.target.user}`}>
        <p>Neither failed nor waiting: there is nothing to do here.</p>
      </Empty>
    )}
  </>
);

const Choice: FC<{ board: Board; targets: readonly Target[] }> = ({ board, targets }) => (
  <form method="get" action="/pulls" class="prs-choice">
    <label for="target">Whose</label>
    <select id="target" name="target" data-submit>
      {targets.map(({ label }) => (
        <option value={label} selected={label === board.target.label}>
          {label}
        </option>
      ))}
    </select>
    <button type="submit">Look again</button>
  </form>
);

const Read: FC<{ board: Board; now: Date }> = ({ board: { target, rows, total, readAt }, now }) => {
  const where = target.repos.length === 0 ? "everywhere" : `in ${target.repos.join(", ")}`;
  const cut = total > rows.length && rows.length > 0 ? `, the newest ${rows.length} of them shown` : "";
  return (
    <>
      {readAt === null ? null : `${plural(total, "open pull request")} `}
      of {target.user} {where}
      {cut}
      {readAt === null ? null : (
        <>
          {" "}
          · read <Time at={readAt} now={now} />
        </>
      )}
    </>
  );
};

const Table: FC<{ board: Board; now: Date; viewer: Viewer }> = ({ board, now, viewer }) => {
  const rebase = board.rows[0]?.rebase ?? null;
  return (
    <>
      <SignInToAct viewer={viewer} />
      {viewer.person === null ? null : (
        <p class="meta">
          <b>Rebase &amp; Rerun</b> brings the branch up to date with its base
          {rebase === null ? "; CI then starts by itself." : ", then comments "}
          {rebase === null ? null : (
            <>
              <code>{rebase}</code>.
            </>
          )}
        </p>
      )}
      <table class="prs">
        <caption class="sr">Open pull requests of {board.target.label}</caption>
        <thead>
          <tr>
            <th>Pull request</th>
            <th>Updated</th>
            <th>State</th>
            <th>Pipelines</th>
          </tr>
        </thead>
        <tbody>
          {board.rows.map((row) => (
            <PrRow row={row} now={now} viewer={viewer} />
          ))}
        </tbody>
      </table>
    </>
  );
};
