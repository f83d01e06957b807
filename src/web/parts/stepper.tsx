/** @jsxImportSource hono/jsx */
import type { FC } from "hono/jsx";
import type { Finding, State } from "../../features/findings/model.ts";
import { words } from "../format.ts";

const WAY: readonly State[] = ["new", "open", "approved", "fixing", "pending_review", "merged", "deployed"];

/** The way of a finding, as far as it led: it ends early for one that failed or was dismissed. */
function wayOf(state: State): readonly State[] {
  if (state === "failed") return ["new", "open", "approved", "fixing", "failed"];
  if (state === "dismissed") return ["new", "open", "dismissed"];
  return WAY;
}

/** Where a finding stands on its way from seen to held. */
export const Stepper: FC<{ finding: Finding }> = ({ finding }) => {
  const way = wayOf(finding.state);
  const at = way.indexOf(finding.state);
  const ends = finding.state === "failed" || finding.state === "dismissed";
  const held = !ends && finding.heldAt !== null;
  const stage = (index: number) =>
    index < at || (held && index === at) ? "past" : index === at ? "here" : "ahead";
  return (
    <ol class="stepper" aria-label="State">
      {way.map((state, index) => (
        <li class={`${stage(index)} s-${state}`} aria-current={stage(index) === "here" ? "step" : undefined}>
          {words(state)}
        </li>
      ))}
      {ends ? null : (
        <li class={held ? "here s-deployed" : "ahead"} aria-current={held ? "step" : undefined}>
          held
        </li>
      )}
    </ol>
  );
};
