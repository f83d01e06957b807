import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import { FindingId } from "../../kernel/ids.ts";
import { sender } from "../../platform/outbox/sender.ts";
import { enqueueWrite } from "../../platform/outbox/store.ts";
import type { Context } from "../context.ts";
import { enqueueComment, noteSenderKind } from "./comments.ts";
import { issueOf, updateIssueRow } from "./store.ts";

type Deps = Pick<Context, "db" | "clock" | "forge">;

const Payload = z.object({ finding: FindingId, reason: z.enum(["completed", "not_planned", "reopened"]) });

/** Decides the closing words and the closing of a finding's issue, in the caller's transaction. */
export async function closeIssue(
  deps: Pick<Deps, "clock">,
  tx: Db,
  finding: FindingId,
  close: { key: string; words: string; reason: z.infer<typeof Payload>["reason"] },
): Promise<void> {
  const issue = await issueOf(tx, finding);
  if (issue === null) return;
  await enqueueComment(tx, deps.clock, {
    kind: noteSenderKind,
    key: `close:${close.key}`,
    repo: issue.repo,
    number: issue.number,
    body: close.words,
    finding,
  });
  // each decision has its write: one that waits may be followed by its opposite
  await enqueueWrite(tx, deps.clock, {
    destination: "github",
    lane: `${issue.repo}#${issue.number}`,
    kind: "issue.close",
    key: `issue.close:${crypto.randomUUID()}`,
    payload: { finding, reason: close.reason },
    finding,
  });
}

/** Decides to say why, and to open a finding's issue again. */
export async function reopenIssue(
  deps: Pick<Deps, "clock">,
  tx: Db,
  finding: FindingId,
  again: { key: string; words: string },
): Promise<void> {
  await closeIssue(deps, tx, finding, { ...again, reason: "reopened" });
}

/** Closes an issue, or opens it again; one that stands so already is left as it is. */
export const closeSender = (deps: Deps) =>
  sender<z.infer<typeof Payload>, true>({
    payload: Payload,
    async send({ finding, reason }) {
      const issue = await issueOf(deps.db, finding);
      if (issue === null) return null;
      const now = await deps.forge.issue(issue.repo, issue.number);
      const state = reason === "reopened" ? "open" : "closed";
      if (now.state === state) return true;
      const change =
        reason === "reopened" ? { state: "open" as const } : { state: "closed" as const, reason };
      await deps.forge.updateIssue(issue.repo, issue.number, change);
      return true;
    },
    settled: (tx, _, { finding, reason }) =>
      updateIssueRow(tx, finding, { closedAt: reason === "reopened" ? null : deps.clock.now() }),
  });
