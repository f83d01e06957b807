import { plural } from "../../kernel/text/figures.ts";
import type { CardView } from "../insights/card-view.ts";

/** What a finding that waits is missing, with the figures since. */
export function nudgeText(
  view: CardView,
  quiet: { days: number; seen: { times: number; places: number } },
): string {
  const { times, places } = quiet.seen;
  const failed =
    times === 0
      ? "It has not failed since."
      : places === 0
        ? `Since then it came ${plural(times, "more time")}.`
        : `Since then it failed ${plural(times, "more time")}, in ${plural(places, "independent place")}.`;
  return `:bell: Nothing moved for ${plural(quiet.days, "day")}. ${missing(view)} ${failed}`;
}

function missing({ finding, pull }: CardView): string {
  if (finding.state === "open" || pull === null) {
    return (
      "Missing: a committer's decision. *Approve fix* on the card (or `approve` to me here) has it fixed; " +
      "`dismiss` with a reason, or `mute 30d`, ends the wait too."
    );
  }
  const name = `<${pull.url}|#${pull.number}>`;
  if (pull.conflicting)
    return `Missing: ${name} on its base as it is now. \`address\` has me settle the conflict.`;
  if (pull.checks === "failing")
    return `Missing: green checks on ${name}. \`address\`${pull.redByNew ? "" : " with a note"} has me look at what failed.`;
  if (pull.review === "changes_requested" || pull.openComments > 0) {
    const open = pull.openComments === 0 ? "" : ` (${plural(pull.openComments, "open remark")})`;
    return `Missing: an answer to the review of ${name}${open}. \`address\` has me work through it.`;
  }
  if (pull.review === "approved") return `Missing: the merge. ${name} is approved.`;
  return `Missing: a review of ${name}.`;
}
