import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { sql } from "drizzle-orm";
import type { Db } from "../../db/client.ts";
import { findings, jobRuns, sightings } from "../../db/schema.ts";
import type { Context } from "../../src/features/context.ts";
import { LAKE, type Lake } from "../harness/lake.ts";
import { seed } from "../unit/web/seed.ts";
import { HOSTILE, LONG } from "../unit/web/texts.ts";
import { NOW } from "../unit/web/world.ts";

/** A page in one of its states, and words that show that it is in that state. */
export type Look = readonly [path: string, words: string];

/** All pages of a product that nothing was found by yet. */
export const EMPTY: readonly Look[] = [
  ["/", "No flaky test has been found yet"],
  ["/pulls", "No open pull request of dave"],
  ["/tasks", "No task yet"],
  ["/workers", "No worker"],
  ["/stats", "nothing ended yet"],
  ["/audit", "Nothing has happened yet"],
];

/** Pull requests of an author whose CI tells by commit statuses. */
export const PULLS = "/pulls?target=Lake";

/** All pages with much on them: a finding in each state and of each kind, tasks that run, failed and ended. */
export const FILLED: readonly Look[] = [
  ["/", "queue › drains in order"],
  ["/findings/F1", "19 of 60 runs failed"],
  ["/findings/F2", "TestPickupWindow"],
  ["/findings/F3", HOSTILE],
  ["/findings/F4", "run 84 of 120"],
  ["/findings/F5", "gate_refused"],
  ["/findings/F6", "TestPriceRounding"],
  ["/findings/F8", "TestCatalogCache"],
  ["/findings/F9", "held"],
  ["/findings/F10", "dismissed"],
  [PULLS, "known flake"],
  ["/tasks", "waits for its merge"],
  ["/tasks/fix-1-a", "read_file"],
  ["/tasks/fix-4-a", "run 84 of 120"],
  ["/workers", "builder-1"],
  ["/stats?days=30", "What to fix first"],
  ["/audit", "state.pending_review"],
];

/** Pages of what is not there, not meant or not to be had; `/pulls` after GitHub refused is among the flows. */
export const FAULTS: readonly Look[] = [
  ["/?q=nowhere", "Nothing"],
  ["/findings/F999", "No such finding"],
  ["/findings/101", "Which one?"],
  ["/pulls?target=Nobody", "There is Orchard"],
  ["/tasks/none", "No such task"],
  ["/audit?finding=F999", "Nothing fits"],
  ["/nowhere", "No such page"],
];

/** Fills an empty product with all that the pages of FILLED show. */
export async function fill(db: Db, context: Context, lake: Lake): Promise<void> {
  await seed(db, context.config.file.repos[0]?.source);
  await bringForward(db);
  await addPulls(db, lake);
  await addSteps(context);
}

/** The seed is of a fixed day; the product's clock is today's. */
async function bringForward(on: Db): Promise<void> {
  const by = sql`make_interval(secs => ${(Date.now() - NOW.getTime()) / 1000})`;
  await on.execute(sql`update sightings set at = at + ${by}`);
  const days = Math.round((Date.now() - NOW.getTime()) / 86_400_000);
  await on.execute(sql`update finding_days set day = day + ${days}::int`);
  await on.execute(sql`update model_days set day = day + ${days}::int`);
  await on.execute(sql`update findings set first_seen = first_seen + ${by}, last_seen = last_seen + ${by},
    state_at = state_at + ${by}, merged_at = merged_at + ${by}`);
  await on.execute(sql`update audit set at = at + ${by}`);
  await on.execute(sql`update tasks set created_at = created_at + ${by}, started_at = started_at + ${by},
    finished_at = finished_at + ${by}`);
  await on.execute(sql`update workers set started_at = started_at + ${by}, seen_at = seen_at + ${by}`);
  await on.execute(sql`update pulls set opened_at = opened_at + ${by}, updated_at = updated_at + ${by}`);
  await on.execute(sql`update model_calls set at = at + ${by}`);
  await on.execute(sql`update relayed set at = at + ${by}`);
  await on.execute(sql`update approvals set at = at + ${by}, expires_at = expires_at + ${by}`);
}

/** Beside the pull request of the lake: a conflict, a known flake, contexts without a command, hostile ones, and many. */
async function addPulls(db: Db, lake: Lake): Promise<void> {
  await lake.mainMoves("harbour.md");
  await lake.opens("harbour", "Deepen the harbour");
  await lake.mainMoves("harbour.md");
  await lake.opens("buoys", `Paint the buoys ${HOSTILE}`);
  await lake.status("Sea state", "error", `nobody knows why ${HOSTILE}`);
  await lake.status("PD Test", "failure", "3 of 4 suites passed");
  await lake.status(LONG.slice(0, 250), "pending", LONG.slice(0, 130));
  for (let n = 1; n <= 6; n += 1) await lake.status(`tide ${n}`, "failure", "it was high");
  await addKnownFlake(db, lake.head);
}

/** TestTide is flaky, and felled the PD Test of a commit. */
async function addKnownFlake(db: Db, sha: string): Promise<void> {
  const at = new Date();
  const place = { repo: LAKE.name, sha, branch: "buoys", at, url: "", job: 9, run: 9, attempt: 1 };
  const run = { name: "PD Test", workflow: "PD Test", conclusion: "failure" };
  await db.insert(jobRuns).values({ ...place, ...run });
  const dates = { firstSeen: at, lastSeen: at, stateAt: at };
  const what = { repo: LAKE.name, test: "TestTide", framework: "go-test", signature: "late" };
  const verdict = { state: "open", class: "flaky-test", confidence: 0.9, reasons: [] } as const;
  const [finding] = await db
    .insert(findings)
    .values({ kind: "flaky_test", ...what, ...verdict, ...dates })
    .returning();
  const seen = { kind: "assert", message: "late", line: 1, retriedOk: false, fellTogether: 1, infra: [] };
  const found = { fingerprint: "f".repeat(64), findingId: finding?.id ?? 0, jobName: "PD Test" };
  await db.insert(sightings).values({ ...place, ...what, ...seen, ...found });
}

const STEPS = [
  {
    step: 1,
    at: NOW,
    text: `I look at the test first. ${HOSTILE}`,
    calls: [
      {
        name: "read_file",
        arguments: '{"path":"server/cluster_test.go"}',
        result: "package cluster\n".repeat(40),
      },
      { name: "run_test", arguments: `{"test":"${LONG}"}`, result: `--- FAIL: ${HOSTILE}\n${LONG}` },
    ],
  },
  { kind: "note", at: NOW, text: "restraint: a longer wait beside a real change" },
  {
    step: 2,
    at: NOW,
    text: "The assertion runs **before** the leader changed.\n\n```go\nre.Eventually(…)\n```",
  },
  { step: 3, at: NOW, text: null, calls: [{ name: "finish", arguments: "{}", result: "" }] },
];

/** What the fixer did step by step in the first task; its last line is half written. */
async function addSteps({ config }: Context): Promise<void> {
  const folder = join(resolve(config.env.DATA_DIR), "artifacts", "fix-1-a");
  await mkdir(folder, { recursive: true });
  const lines = STEPS.map((step) => JSON.stringify(step)).join("\n");
  await writeFile(join(folder, "trajectory.ndjson"), `${lines}\n{"step":4,"at":`);
}
