import type { findings } from "../../../db/schema.ts";
import { type Finding, toFinding } from "../../../src/features/findings/model.ts";

const at = (text: string) => new Date(`${text}Z`);

/** What a new finding is made from. */
export const VALUES = {
  kind: "flaky_test" as const,
  repo: "acme/shop",
  test: "TestTransferLeader/quick",
  package: "server/cluster",
  file: "server/cluster_test.go",
  framework: "go-test",
  signature: 'Not equal: expected "pd-2", actual "pd-1"',
  class: "flaky-test" as const,
  confidence: 0.94,
  reasons: [
    { rule: "same-commit", text: "The same job failed and passed at 2 commits (3f786850, 89e6c98d)." },
    { rule: "many-pulls", text: "It hit 3 pull requests of 2 authors." },
  ],
  firstSeen: at("2026-03-01T08:15:00"),
  lastSeen: at("2026-03-13T21:40:00"),
} satisfies Partial<typeof findings.$inferInsert>;

/** A finding with an issue; `more` says what is different. */
export function sample(more: Partial<typeof findings.$inferSelect> = {}): Finding {
  return toFinding({
    id: 12,
    ...VALUES,
    state: "open",
    issueNumber: 101,
    pullNumber: null,
    threadUrl: "https://slack.example/archives/C1/p1",
    owners: null,
    mergeCommit: null,
    mutedUntil: null,
    mergedAt: null,
    deployedAt: null,
    heldAt: null,
    stateAt: at("2026-03-13T22:00:00"),
    reopened: 0,
    seen: 0,
    pullsHit: 0,
    authorsHit: 0,
    retriedOk: 0,
    lostSeconds: 0,
    byForge: true,
    byReport: false,
    byProw: false,
    words: "",
    urgency: 6,
    ...more,
  });
}
