import type { Db } from "../../../db/client.ts";
import {
  approvals,
  audit,
  findings,
  fingerprints,
  issues,
  jobRuns,
  pulls,
  relayed,
  reviewComments,
  sightings,
  tasks,
  threads,
  workers,
} from "../../../db/schema.ts";
import { recount } from "../../../src/features/flakes/recount.ts";
import { keepCall } from "../../../src/features/model-budget.ts";
import { DAY, HOUR, MINUTE } from "../../../src/kernel/clock.ts";
import { ANALYSIS, EXCERPT, HOSTILE, LONG, PATCH } from "./texts.ts";
import { NOW } from "./world.ts";

const ago = (ms: number): Date => new Date(NOW.getTime() - ms);
const hex = (n: number, length: number): string => n.toString(16).padStart(length, "0");

interface Seed {
  test: string;
  state: (typeof findings.$inferInsert)["state"];
  class?: (typeof findings.$inferInsert)["class"];
  repo?: string;
  confidence?: number;
  issue?: number;
  pull?: number;
  held?: boolean;
  seen: number;
  signature?: string;
}

const SEEDS: readonly Seed[] = [
  { test: "TestTransferLeader", state: "pending_review", issue: 101, pull: 131, seen: 14, confidence: 0.97 },
  { test: "TestPickupWindow/late_order", state: "open", issue: 102, seen: 6, confidence: 0.88 },
  {
    test: HOSTILE,
    state: "open",
    issue: 103,
    seen: 2,
    confidence: 0.79,
    signature: `<img src=x onerror=alert(1)>`,
  },
  { test: LONG, state: "fixing", issue: 104, seen: 9, confidence: 0.91 },
  { test: "queue › drains in order", state: "failed", issue: 105, seen: 5, confidence: 0.83 },
  { test: "TestPriceRounding", state: "new", seen: 1, confidence: 0.55, class: "unknown" },
  { test: "TestRegistryLogin", state: "new", seen: 3, confidence: 0.9, class: "infra-flake" },
  { test: "TestCatalogCache", state: "merged", issue: 107, pull: 132, seen: 8, confidence: 0.96 },
  {
    test: "TestStockSync",
    state: "deployed",
    issue: 101,
    pull: 140,
    held: true,
    seen: 11,
    confidence: 0.99,
    repo: "acme/stock",
  },
  {
    test: "TestRefund",
    state: "dismissed",
    issue: 109,
    seen: 2,
    confidence: 0.77,
    class: "likely-regression",
  },
];

/** Fills an empty database with findings of a repository in every state, and all that hangs on the first. */
export async function seed(db: Db, home = "acme/shop"): Promise<void> {
  for (const [index, one] of SEEDS.entries())
    await addFinding(db, index + 1, { ...one, repo: one.repo ?? home });
  await addTalk(db, home);
  await addWork(db);
  await addAudit(db);
  await recount(db, "all");
}

async function addFinding(db: Db, id: number, one: Seed & { repo: string }): Promise<void> {
  const { repo } = one;
  const fingerprint = hex(id, 64);
  const ended = one.state === "merged" || one.state === "deployed";
  const signature = one.signature ?? 'Not equal: expected: "pd-2" actual: "pd-1"';
  await db.insert(findings).values({
    kind: "flaky_test",
    repo,
    test: one.test,
    package: "server/cluster",
    file: "server/cluster_test.go",
    framework: "go-test",
    signature,
    state: one.state,
    class: one.class ?? "flaky-test",
    confidence: one.confidence ?? 0.9,
    reasons: [
      { rule: "passed-and-failed", text: "failed and passed on the same commit in 3 runs" },
      { rule: "distinct-pulls", text: "hit 4 pull requests of 3 authors that do not touch it" },
    ],
    issueNumber: one.issue ?? null,
    pullNumber: one.pull ?? null,
    mergeCommit: ended ? hex(id, 40) : null,
    mergedAt: ended ? ago(2 * DAY) : null,
    deployedAt: one.state === "deployed" ? ago(DAY) : null,
    heldAt: one.held === true ? ago(HOUR) : null,
    firstSeen: ago(6 * DAY + id * 3 * HOUR),
    lastSeen: ago(id * 47 * MINUTE),
    stateAt: ago(id * HOUR),
  });
  await db.insert(fingerprints).values({ fingerprint, findingId: id, signature, firstSeen: ago(6 * DAY) });
  if (one.issue !== undefined) {
    const issueRepo = repo === "acme/stock" ? "acme/stock-issues" : repo;
    await db.insert(issues).values({
      findingId: id,
      repo: issueRepo,
      number: one.issue,
      url: `https://github.com/${issueRepo}/issues/${one.issue}`,
      openedAt: ago(5 * DAY),
      analysisVersion: id === 1 ? 2 : 0,
      analysis: id === 1 ? ANALYSIS : null,
    });
  }
  if (one.pull !== undefined) await addPull(db, id, repo, one.pull, ended ? "merged" : "open");
  await addSightings(db, id, one, { repo, fingerprint, signature });
}

async function addSightings(
  db: Db,
  id: number,
  one: Seed,
  common: { repo: string; fingerprint: string; signature: string },
): Promise<void> {
  await db.insert(sightings).values(
    Array.from({ length: one.seen }, (_, nth) => ({
      ...common,
      findingId: id,
      job: id * 1000 + nth,
      run: 7_000_000 + id * 100 + nth,
      attempt: nth % 3 === 0 ? 2 : 1,
      jobName: `unit (${(nth % 10) + 1})`,
      sha: new Bun.CryptoHasher("sha1").update(`${id} ${nth}`).digest("hex"),
      branch: nth % 4 === 0 ? "master" : `feature-${nth % 5}`,
      pull: nth % 4 === 0 ? null : 200 + (nth % 5),
      author: `dev${nth % 3}`,
      at: ago(nth * 17 * HOUR + id * 47 * MINUTE),
      test: one.test,
      package: "server/cluster",
      file: "server/cluster_test.go",
      framework: "go-test",
      kind: "assert",
      message: `Not equal: expected: "pd-2" actual: "pd-1" <b>`,
      line: 42,
      retriedOk: nth % 5 === 0,
      fellTogether: 1,
      infra: [],
      excerpt: nth < 3 ? EXCERPT : null,
      url: nth === 1 ? "javascript:alert(1)" : `https://github.com/${common.repo}/actions/runs/${nth}`,
    })),
  );
  await db.insert(jobRuns).values(jobsThatTold(id, common.repo));
}

/** Of a finding's first two jobs it is known where they ran; the second has it from a hostile log. */
const jobsThatTold = (id: number, repo: string) =>
  [
    { os: "Ubuntu 24.04.3 LTS", arch: "x64", toolchain: "go 1.23.4" },
    { os: HOSTILE, arch: null, toolchain: null },
  ].map((platform, nth) => ({
    ...{ ...platform, repo, job: id * 1000 + nth, run: 7_000_000 + id * 100 + nth, attempt: 1 },
    ...{
      name: `unit (${nth + 1})`,
      workflow: "ci",
      conclusion: "failure",
      sha: hex(id, 40),
      branch: "master",
    },
    ...{ at: ago(nth * 17 * HOUR), url: `https://github.com/${repo}/actions/runs/${nth}` },
  }));

async function addPull(db: Db, id: number, repo: string, number: number, state: "open" | "merged") {
  await db.insert(pulls).values({
    findingId: id,
    repo,
    number,
    taskId: `task-${id}`,
    url: `https://github.com/${repo}/pull/${number}`,
    branch: `ai/flaky/${hex(id, 8)}`,
    headSha: hex(id, 40),
    state,
    mergedBy: state === "merged" ? "carol" : null,
    checks: state === "open" ? "failing" : "passing",
    review: state === "open" ? "changes_requested" : "approved",
    rounds: 1,
    openedAt: ago(3 * DAY),
    updatedAt: ago(id * HOUR),
  });
}

async function addTalk(db: Db, repo: string): Promise<void> {
  await db.insert(threads).values({
    findingId: 1,
    channel: "C1",
    ts: "1.2",
    permalink: "https://acme.slack.com/archives/C1/p12",
    cardDigest: "d",
    createdAt: ago(5 * DAY),
  });
  await db.insert(relayed).values([
    {
      findingId: 1,
      from: "slack",
      source: "C1/1.3",
      author: "Alice",
      text: `Saw it again ${HOSTILE}`,
      at: ago(DAY),
    },
    {
      findingId: 1,
      from: "github",
      source: "comment/9",
      author: "bob",
      text: "Is the **product** at fault?",
      at: ago(HOUR),
    },
  ]);
  await db.insert(approvals).values({
    findingId: 1,
    login: "alice",
    via: "slack",
    analysisVersion: 2,
    anyway: false,
    note: "keep it small",
    at: ago(4 * HOUR),
    expiresAt: ago(-3 * DAY),
  });
  await db.insert(reviewComments).values({
    source: "inline/1",
    findingId: 1,
    repo,
    pull: 131,
    author: "bob",
    trusted: true,
    body: "Why not a channel?",
    path: "server/cluster_test.go",
    line: 44,
    at: ago(HOUR),
  });
}

export const RESULT = {
  pr: { title: "test: wait for the leader to change", body: "## Why\n\nThe assertion ran too early." },
  status: {
    outcome: "done",
    gates: [
      { name: "tests", ok: true, detail: "128 passed" },
      { name: "restraint", ok: false, detail: "longer wait beside a real change" },
    ],
    reproduction: {
      before: { runs: 60, failures: 19, otherwise: 2 },
      after: { runs: 120, failures: 0 },
      bound: 0.025,
    },
    risk_labels: ["needs-manual-review"],
    sandbox: "bubblewrap",
    cost: { tokens: 48_210, usd: 0.31 },
    diff_lines: 5,
    diff_files: 1,
  },
};

async function addWork(db: Db): Promise<void> {
  const common = { requestedBy: "github:alice", labels: [], branch: "ai/flaky/00000001" };
  await db.insert(tasks).values([
    {
      ...common,
      id: "fix-1-a",
      findingId: 1,
      kind: "fix",
      state: "done",
      worker: "w-1",
      phase: "EXIT",
      patch: PATCH,
      result: RESULT,
      createdAt: ago(4 * HOUR),
      startedAt: ago(4 * HOUR),
      finishedAt: ago(3.5 * HOUR),
    },
    {
      ...common,
      id: "fix-4-a",
      findingId: 4,
      kind: "fix",
      state: "running",
      worker: "w-1",
      phase: "VALIDATE",
      detail: "run 84 of 120",
      done: 84,
      total: 120,
      createdAt: ago(20 * MINUTE),
      startedAt: ago(18 * MINUTE),
    },
    {
      ...common,
      id: "fix-5-a",
      findingId: 5,
      kind: "fix",
      state: "failed",
      worker: "w-2",
      phase: "VALIDATE",
      error: "gate_refused: a longer timeout was the only change",
      result: "not what was expected",
      createdAt: ago(9 * HOUR),
      startedAt: ago(9 * HOUR),
      finishedAt: ago(8 * HOUR),
    },
  ]);
  const worker = { version: "0.1.0", sandbox: "bubblewrap", startedAt: ago(3 * DAY) };
  await db.insert(workers).values([
    { ...worker, id: "w-1", host: "builder-1", labels: ["linux", "go"], capacity: 2, seenAt: ago(5000) },
    { ...worker, id: "w-2", host: "builder-2", labels: ["linux"], capacity: 4, seenAt: ago(HOUR) },
  ]);
}

async function addAudit(db: Db): Promise<void> {
  await db.insert(audit).values([
    {
      at: ago(5 * DAY),
      actor: "bot",
      action: "state.open",
      findingId: 1,
      detail: { why: "above the bar", confidence: 0.97 },
    },
    { at: ago(4 * HOUR), actor: "github:alice", action: "approve", findingId: 1, detail: { analysis: 2 } },
    {
      at: ago(3 * HOUR),
      actor: "bot",
      action: "state.pending_review",
      findingId: 1,
      detail: { why: "pull request opened" },
    },
    { at: ago(2 * HOUR), actor: "slack:U9", action: "pause", findingId: null, detail: { why: HOSTILE } },
  ]);
  const calls = [
    {
      at: ago(DAY),
      purpose: "analyse",
      model: "m",
      findingId: 1,
      inputTokens: 9000,
      outputTokens: 800,
      microUsd: 42_000,
    },
    {
      at: ago(4 * HOUR),
      purpose: "fix",
      model: "m",
      findingId: 1,
      taskId: "fix-1-a",
      inputTokens: 45_000,
      outputTokens: 3210,
      microUsd: 310_000,
    },
  ];
  for (const call of calls) await keepCall(db, call);
}
