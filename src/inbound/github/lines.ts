import type { Context } from "../../features/context.ts";
import { OUR_LABELS } from "../../features/issues/labels.ts";
import { isBotName } from "../../features/threads/discuss/model.ts";
import { enqueueLine } from "../../features/threads/lines.ts";
import type { FindingId } from "../../kernel/ids.ts";
import type { Payload } from "./payloads.ts";

/**
 * Tells a finding's thread in a short line what somebody did to its issue. Our own labels are told by the card; what
 * programs label and assign is nobody's news.
 */
export async function noteOnIssue(
  deps: Pick<Context, "db" | "clock">,
  payload: Payload<"issues">,
  finding: FindingId,
): Promise<void> {
  const { action, sender, issue, label, assignee } = payload;
  const what = ACTIONS.find((one) => one === action);
  if (what === undefined) return;
  const decides = what === "closed" || what === "reopened";
  if (!decides && (sender.type === "Bot" || isBotName(sender.login))) return;
  const ofLabel = what === "labeled" || what === "unlabeled";
  const object = decides ? (issue.state_reason ?? null) : ofLabel ? label?.name : assignee?.login;
  if (object === undefined || (ofLabel && object !== null && OUR_LABELS.has(object))) return;
  const { full_name: repo } = payload.repository;
  await enqueueLine(deps.db, deps.clock, {
    finding,
    key: `issue:${repo}#${issue.number}:${action}:${object}:${sender.login}:${issue.updated_at.toISOString()}`,
    who: sender.login,
    what,
    object,
    at: issue.updated_at,
  });
}

const ACTIONS = ["closed", "reopened", "labeled", "unlabeled", "assigned", "unassigned"] as const;
