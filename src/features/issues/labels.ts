import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import type { Clock } from "../../kernel/clock.ts";
import { type FindingId, IssueNumber, RepoName } from "../../kernel/ids.ts";
import { sender } from "../../platform/outbox/sender.ts";
import { enqueueWrite } from "../../platform/outbox/store.ts";
import type { Forge } from "../../ports/forge.ts";
import { issueOf } from "./store.ts";

const PREFIX = "flaky-test-cleaner";

/** Labels of issues; people and other tools rely on their names. */
export const LABELS = {
  flaky: `${PREFIX}/flaky-test`,
  error: `${PREFIX}/runtime-error`,
  triage: `${PREFIX}/needs-triage`,
  managed: `${PREFIX}/ai-managed`,
  approved: `${PREFIX}/ai-fix-approved`,
  fixing: `${PREFIX}/fix-in-progress`,
  blocked: `${PREFIX}/blocked`,
} as const;

export const OUR_LABELS: ReadonlySet<string> = new Set(Object.values(LABELS));

const Payload = z.object({
  repo: RepoName,
  number: IssueNumber,
  add: z.array(z.string()),
  remove: z.array(z.string()),
});

/** Decides which labels a finding's issue gets and loses; nothing for a finding without an issue. */
export async function changeLabels(
  tx: Db,
  clock: Clock,
  finding: FindingId,
  change: { add?: string[]; remove?: string[] },
): Promise<void> {
  const issue = await issueOf(tx, finding);
  if (issue === null) return;
  await enqueueWrite(tx, clock, {
    destination: "github",
    lane: `${issue.repo}#${issue.number}`,
    kind: "issue.labels",
    key: `labels:${crypto.randomUUID()}`,
    payload: { repo: issue.repo, number: issue.number, add: change.add ?? [], remove: change.remove ?? [] },
    finding,
  });
}

/** Sets and takes labels; both may be repeated without harm. */
export const labelSender = (deps: { forge: Forge }) =>
  sender<z.infer<typeof Payload>, true>({
    payload: Payload,
    async send({ repo, number, add, remove }) {
      if (add.length > 0) await deps.forge.addLabels(repo, number, add);
      for (const label of remove) await deps.forge.removeLabel(repo, number, label);
      return true;
    },
  });
