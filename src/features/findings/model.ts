import { z } from "zod";
import { type findings, STATES } from "../../../db/schema.ts";
import { FindingId, IssueNumber, PullNumber, RepoName } from "../../kernel/ids.ts";

export { STATES };
export type State = (typeof STATES)[number];
export const State = z.enum(STATES);

/** One step of a verdict, as people read it. */
export const Reason = z.object({ rule: z.string(), text: z.string() });
export type Reason = z.infer<typeof Reason>;

export const CLASSES = ["flaky-test", "infra-flake", "likely-regression", "unknown"] as const;
export type VerdictClass = (typeof CLASSES)[number];

/**
 * Where each state may go. `open` comes back from everywhere: reopened, reverted, not held, revoked.
 * A state changes only along these arrows, by one conditional update.
 */
export const ARROWS: Record<State, readonly State[]> = {
  new: ["open", "dismissed"],
  open: ["approved", "merged", "dismissed"],
  approved: ["fixing", "open", "failed", "dismissed", "merged"],
  fixing: ["pending_review", "failed", "open", "dismissed", "merged"],
  pending_review: ["merged", "failed", "open", "dismissed"],
  merged: ["deployed", "open"],
  deployed: ["open"],
  failed: ["approved", "open", "dismissed", "merged"],
  dismissed: ["open"],
};

type Row = typeof findings.$inferSelect;

/** A finding as the stages handle it. */
export interface Finding
  extends Omit<Row, "id" | "repo" | "issueNumber" | "pullNumber" | "reasons" | "words"> {
  id: FindingId;
  repo: RepoName;
  issueNumber: IssueNumber | null;
  pullNumber: PullNumber | null;
  reasons: Reason[];
}

/** Brands a row's ids; rows are written by this stage alone. */
export function toFinding({ words: _, ...row }: Row): Finding {
  return {
    ...row,
    id: FindingId.parse(row.id),
    repo: RepoName.parse(row.repo),
    issueNumber: row.issueNumber === null ? null : IssueNumber.parse(row.issueNumber),
    pullNumber: row.pullNumber === null ? null : PullNumber.parse(row.pullNumber),
    reasons: z.array(Reason).parse(row.reasons),
    owners: z.array(z.string()).nullable().parse(row.owners),
  };
}

/** How people name a finding: by its issue where there is one. */
export const nameOf = (finding: Pick<Finding, "id" | "issueNumber">): string =>
  finding.issueNumber === null ? `F${finding.id}` : `#${finding.issueNumber}`;
