/** @jsxImportSource hono/jsx */
import type { FC } from "hono/jsx";
import type { Finding, State } from "../../features/findings/model.ts";
import type { Viewer } from "../viewer.ts";
import { Act, SignInToAct } from "./actions.tsx";

interface Props {
  finding: Finding;
  viewer: Viewer;
  /** Confidence above which an approval needs no more than a committer. */
  bar: number;
}

/** States in which a command has something to do. */
const IN = {
  approve: ["open"],
  fix: ["failed"],
  revoke: ["approved"],
  reopen: ["dismissed", "failed", "merged", "deployed"],
  dismiss: ["new", "open", "approved", "failed", "pending_review"],
  mute: ["new", "open", "approved", "fixing", "pending_review", "failed"],
} as const satisfies Record<string, readonly State[]>;

/** What can be decided about a finding now, as buttons; who may not is told so when they try. */
export const Decisions: FC<Props> = ({ finding, viewer, bar }) => {
  if (viewer.person === null) return <SignInToAct viewer={viewer} />;
  const on = `F${finding.id}`;
  const repo = finding.repo;
  const may = (name: keyof typeof IN) => IN[name].some((state) => state === finding.state);
  const below = finding.class !== "flaky-test" || finding.confidence < bar;
  const anyway = below ? (
    <label class="check">
      <input type="checkbox" name="anyway" value="1" /> It is below the bar: approve it all the same
      (maintainers)
    </label>
  ) : null;
  const reason = { label: "Why?", required: true };
  const word = { label: "A word for the fixer (may be empty)", required: false };
  return (
    <div class="acts">
      {may("approve") ? (
        <Act {...{ viewer, on, repo }} run="approve" label="Approve fix" tone="main" note={word}>
          {anyway}
        </Act>
      ) : null}
      {may("fix") ? (
        <Act {...{ viewer, on, repo }} run="fix" label="Try again" tone="main" note={word}>
          {anyway}
        </Act>
      ) : null}
      {may("revoke") ? <Act {...{ viewer, on, repo }} run="revoke" label="Take approval back" /> : null}
      {may("reopen") ? <Act {...{ viewer, on, repo }} run="reopen" label="Reopen" /> : null}
      {may("mute") ? (
        <Act
          {...{ viewer, on, repo }}
          run="mute"
          label="Mute"
          note={{ label: "For how long? 12h or 7d", required: true, value: "7d" }}
          says="No notices about it for that long."
        />
      ) : null}
      {may("dismiss") ? (
        <Act
          {...{ viewer, on, repo }}
          run="dismiss"
          label="Not flaky"
          tone="bad"
          note={reason}
          says="It is dismissed, and its issue is closed with the reason."
        />
      ) : null}
    </div>
  );
};
