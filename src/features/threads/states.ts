import type { Finding, State } from "../findings/model.ts";

/** How a state looks on a card: a word for people, and the reaction that says it at a glance. */
const LOOKS: Record<State, { word: string; emoji: string }> = {
  new: { word: "Seen", emoji: "eyes" },
  open: { word: "Waits for a decision", emoji: "eyes" },
  approved: { word: "Approved, fix queued", emoji: "thumbsup" },
  fixing: { word: "Being fixed", emoji: "hammer_and_wrench" },
  pending_review: { word: "Waits for review", emoji: "mag" },
  merged: { word: "Merged, being watched", emoji: "white_check_mark" },
  deployed: { word: "Deployed, being watched", emoji: "rocket" },
  failed: { word: "Fix failed", emoji: "warning" },
  dismissed: { word: "Dismissed", emoji: "no_entry_sign" },
};

export interface Look {
  word: string;
  emoji: string;
}

/** The look of a finding now; one that held has a look of its own. */
export const lookOf = (finding: Pick<Finding, "state" | "heldAt">): Look =>
  finding.heldAt !== null && (finding.state === "merged" || finding.state === "deployed")
    ? { word: "Held", emoji: "tada" }
    : LOOKS[finding.state];
