import { afterAll, beforeAll, expect, test } from "bun:test";
import { eq, max } from "drizzle-orm";
import type { Database } from "../../../db/client.ts";
import { findingDays, findings, jobRuns, modelCalls, pulls, sightings, tasks } from "../../../db/schema.ts";
import { STATES, type State } from "../../../src/features/findings/model.ts";
import { recount } from "../../../src/features/flakes/recount.ts";
import { costliest } from "../../../src/features/insights/costliest.ts";
import { lastDays } from "../../../src/features/insights/model.ts";
import { cameBy, SOURCE_NAMES, type Source, sourcesSeen } from "../../../src/features/insights/sources.ts";
import { stats } from "../../../src/features/insights/stats.ts";
import { keepCall } from "../../../src/features/model-budget.ts";
import { DAY, HOUR, MINUTE } from "../../../src/kernel/clock.ts";
import { FindingId, RepoName } from "../../../src/kernel/ids.ts";
import { prowNumber, reportNumber } from "../../../src/kernel/run-number.ts";
import { seeded } from "../../harness/seeded.ts";
import { NOW, OPENING, openEmpty } from "./world.ts";

const REPOS = ["acme/shop", "acme/stock", "acme/lake"] as const;
const GITEA = [RepoName.parse("acme/lake")];
const random = seeded(20260314);
const below = (n: number): number => Math.floor(random() * n);
const oneOf = <T>(all: readonly [T, ...T[]]): T => all[below(all.length)] ?? all[0];
const ago = (days: number): Date => new Date(NOW.getTime() - below(days * 24 * 60) * MINUTE);

let database: Database;

beforeAll(async () => {
  database = await openEmpty();
  for (let n = 1; n <= 60; n += 1) await addFinding(n);
  for (let n = 0; n < 40; n += 1) await addCall();
}, OPENING);
afterAll(() => database.close());

async function addFinding(n: number): Promise<void> {
  const { db } = database;
  const [firstSeen, lastSeen] = [ago(120), ago(20)];
  const merged = below(3) === 0;
  const logged = below(6) === 0;
  const repo = oneOf(REPOS);
  const state = oneOf<State>([...STATES]);
  await db.insert(findings).values({
    kind: logged ? "runtime_error" : "flaky_test",
    ...{ repo, test: `Test${n}`, framework: "go-test", signature: "s", state },
    package: below(2) === 0 ? `pkg${below(3)}` : null,
    ...{ class: "flaky-test", confidence: 0.9, reasons: [], firstSeen, lastSeen, stateAt: ago(100) },
    mergedAt: merged ? new Date(firstSeen.getTime() + below(5000) * MINUTE) : null,
    heldAt: below(5) === 0 ? ago(100) : null,
    reopened: below(3),
  });
  if (!logged) await addSightings(n, repo, 1 + below(12));
  if (below(2) === 0) await addWork(n, repo);
  const [newest] = await db
    .select({ at: max(sightings.at) })
    .from(sightings)
    .where(eq(sightings.findingId, n));
  if (newest?.at) await db.update(findings).set({ lastSeen: newest.at }).where(eq(findings.id, n));
  await recount(db, [FindingId.parse(n)]);
}

async function addSightings(n: number, repo: string, times: number): Promise<void> {
  for (let seen = 0; seen < times; seen += 1) {
    const name = `${n}/${seen}`;
    const job = oneOf([1000 * n + seen, 1000 * n + seen, reportNumber(name), prowNumber(name)]);
    const place = {
      repo,
      job,
      run: job,
      attempt: 1,
      sha: "a".repeat(40),
      branch: "main",
      at: ago(110),
      url: "",
    };
    const ran = { name: "unit", workflow: "ci", conclusion: "failure", seconds: below(4000) };
    await database.db.insert(jobRuns).values({ ...place, ...ran });
    await database.db.insert(sightings).values({
      ...place,
      ...{ fingerprint: String(n).padStart(64, "0"), findingId: n, jobName: "unit", test: `Test${n}` },
      ...{ framework: "go-test", kind: "assert", message: "m", signature: "s", line: 1 },
      ...{ retriedOk: below(4) === 0, fellTogether: 1 + below(3), infra: [] },
    });
  }
}

async function addWork(n: number, repo: string): Promise<void> {
  const createdAt = ago(110);
  const result = oneOf<object | null>([
    null,
    { status: { coverage_delta: below(50) / 10 - 2, reason: "a CONFLICT with the base" } },
    { status: { coverage_delta: "not measured" } },
    { status: "old" },
  ]);
  await database.db.insert(tasks).values({
    ...{
      id: `fix-${n}`,
      findingId: n,
      kind: oneOf(["fix", "address"]),
      labels: [],
      branch: "b",
      createdAt,
      result,
    },
    ...{ state: oneOf(["done", "failed", "cancelled"]), requestedBy: "github:alice", attempt: below(3) },
    error: below(4) === 0 ? "merge conflict in a.go" : null,
    startedAt: below(5) === 0 ? null : new Date(createdAt.getTime() + MINUTE),
    finishedAt: new Date(createdAt.getTime() + below(90) * MINUTE),
  });
  const ended = below(2) === 0 ? new Date(createdAt.getTime() + below(500) * MINUTE) : null;
  await database.db.insert(pulls).values({
    ...{ findingId: n, repo, number: n, taskId: `fix-${n}`, url: "", branch: "b", headSha: "b" },
    ...{
      state: ended === null ? "open" : "merged",
      openedAt: createdAt,
      updatedAt: createdAt,
      endedAt: ended,
    },
  });
}

const addCall = () =>
  keepCall(database.db, {
    ...{ at: ago(100), purpose: oneOf(["fix", "analyse", "answer"]), model: "m" },
    ...{ inputTokens: below(9000), outputTokens: below(900), microUsd: below(100_000) },
  });

type Finding = typeof findings.$inferSelect;

const everything = async () => ({
  findings: await database.db.select().from(findings),
  tasks: await database.db.select().from(tasks),
  pulls: await database.db.select().from(pulls),
  calls: await database.db.select().from(modelCalls),
  lost: await database.db.select().from(findingDays),
});

/** The figures as one counts them row by row. */
function counted(
  there: Awaited<ReturnType<typeof everything>>,
  days: number,
  fits: (finding: Finding) => boolean,
  everywhere: (finding: Finding) => boolean,
) {
  const since = new Date(Date.parse(NOW.toISOString().slice(0, 10)) - (days - 1) * DAY);
  const late = (at: Date | null) => at !== null && at >= since;
  const every = there.findings;
  const all = every.filter(fits);
  const ids = new Set(all.map(({ id }) => id));
  const merged = all.filter(({ mergedAt }) => late(mergedAt));
  const hours = merged.map(({ mergedAt, firstSeen }) => (Number(mergedAt) - Number(firstSeen)) / HOUR);
  const work = there.tasks.filter((one) => ids.has(one.findingId) && late(one.createdAt));
  const calls = there.calls.filter(({ at }) => late(at));
  const reviewed = there.pulls.filter(
    (one) => ids.has(one.findingId) && one.state === "merged" && late(one.endedAt),
  );
  const ended = work.filter(({ state }) => state !== "cancelled");
  const fixes = ended.filter(({ kind }) => kind === "fix");
  const share = (part: number, of: number) => (of === 0 ? null : part / of);
  const mean = (values: readonly number[]) =>
    share(
      values.reduce((sum, n) => sum + n, 0),
      values.length,
    );
  const status = (one: (typeof work)[number]) =>
    // what this file wrote
    (one.result as { status?: { coverage_delta?: unknown; reason?: string } } | null)?.status;
  const coverage = work.map((one) => status(one)?.coverage_delta).filter((n) => typeof n === "number");
  const conflicts = ended.filter((one) => /conflict/i.test(`${one.error} ${status(one)?.reason}`));
  const took = ended.flatMap(({ startedAt, finishedAt }) =>
    startedAt === null || finishedAt === null ? [] : [(Number(finishedAt) - Number(startedAt)) / MINUTE],
  );
  const lost = there.lost.filter(
    (row) => ids.has(row.findingId) && row.day >= since.toISOString().slice(0, 10),
  );
  const cost = [...Map.groupBy(lost, (row) => row.findingId)].map(([id, rows]) => ({
    id,
    lost: rows.reduce((sum, row) => sum + row.lostSeconds, 0),
    n: rows.reduce((sum, row) => sum + row.n, 0),
  }));
  return {
    found: all.filter(({ firstSeen }) => late(firstSeen)).length,
    fixed: merged.length,
    failed: all.filter(({ state, stateAt }) => state === "failed" && late(stateAt)).length,
    hours: mean(hours),
    held: all.filter(({ heldAt }) => late(heldAt)).length,
    cameBack: all.filter(({ reopened }) => reopened > 0).length,
    byState: Object.fromEntries(
      [...Map.groupBy(all, ({ state }) => state)].map(([state, own]) => [state, own.length]),
    ),
    perRepo: REPOS.map((repo) => {
      const own = every.filter((one) => one.repo === repo && everywhere(one));
      const those = (...states: State[]) => own.filter(({ state }) => states.includes(state)).length;
      return [
        repo,
        own.filter(({ firstSeen }) => late(firstSeen)).length,
        own.filter(({ mergedAt }) => late(mergedAt)).length,
        ...[those("open", "pending_review"), those("merged", "deployed"), those("failed"), own.length],
      ];
    }).filter((row) => row.at(-1) !== 0),
    worst: cost.sort((a, b) => b.lost - a.lost || b.n - a.n || a.id - b.id).slice(0, 10),
    criteria: [
      [mean(took), ended.length],
      [mean(reviewed.map((one) => (Number(one.endedAt) - Number(one.openedAt)) / MINUTE)), reviewed.length],
      [share(conflicts.length, ended.length), ended.length],
      [
        share(fixes.filter((one) => one.state === "done" && one.attempt <= 1).length, fixes.length),
        fixes.length,
      ],
      [mean(coverage), coverage.length],
    ],
    tokens: calls.reduce((sum, one) => sum + one.inputTokens + one.outputTokens, 0),
    usd: calls.reduce((sum, one) => sum + one.microUsd, 0) / 1e6,
    calls: calls.length,
  };
}

const rounded = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, one) => (typeof one === "number" ? Number(one.toFixed(6)) : one)));

async function asked(days: number, repo: string | null, source: Source | null) {
  const which = source === null ? undefined : cameBy(source, GITEA);
  const found = await stats(database.db, NOW, days, { repo, which });
  expect(found.perDay).toHaveLength(days);
  const row = (one: (typeof found.perRepo)[number]) => [
    ...[one.name, one.found, one.merged, one.waiting, one.fixed, one.failed, one.total],
  ];
  return {
    found: found.found,
    fixed: found.fixed,
    failed: found.failed,
    hours: found.hoursToMerge,
    held: found.held,
    cameBack: found.cameBack,
    byState: Object.fromEntries(found.byState),
    perRepo: REPOS.flatMap((name) => found.perRepo.filter((one) => one.name === name).map(row)),
    worst: found.worst.map((one) => ({ id: one.id, lost: one.lostSeconds, n: one.sightings })),
    criteria: found.criteria.map((one) => [one.value, one.of]),
    tokens: found.cost.tokens,
    usd: found.cost.usd,
    calls: found.cost.byPurpose.reduce((sum, one) => sum + one.calls, 0),
  };
}

/** What came by each source, as the sightings themselves tell. */
async function arrivals(): Promise<Record<Source, (finding: Finding) => boolean>> {
  const seen = await database.db.select({ id: sightings.findingId, job: sightings.job }).from(sightings);
  const withJob = (fits: (job: number) => boolean) =>
    new Set(seen.filter(({ job }) => fits(job)).map(({ id }) => id));
  const forge = withJob((job) => job > 0);
  const [reports, prow] = [withJob((job) => job < 0 && job > -(2 ** 48)), withJob((job) => job < -(2 ** 48))];
  return {
    actions: ({ id, repo }) => forge.has(id) && repo !== "acme/lake",
    gitea: ({ id, repo }) => forge.has(id) && repo === "acme/lake",
    prow: ({ id }) => prow.has(id),
    reports: ({ id }) => reports.has(id),
    errors: ({ kind }) => kind === "runtime_error",
  };
}

test("figures are what one counts row by row, in each range, for each repository and each source", async () => {
  const [of, there] = [await arrivals(), await everything()];
  for (const days of [7, 30, 90])
    for (const repo of [null, "acme/shop"])
      for (const source of [null, ...SOURCE_NAMES]) {
        const came = (finding: Finding) => source === null || of[source](finding);
        const mine = (finding: Finding) => came(finding) && (repo === null || finding.repo === repo);
        const naive = rounded(counted(there, days, mine, came));
        expect([days, repo, source, rounded(await asked(days, repo, source))]).toEqual([
          days,
          repo,
          source,
          naive,
        ]);
      }
});

test("what cost most lately is found also where it cost little before", async () => {
  const there = await everything();
  for (const days of [1, 7, 30]) {
    const naive = counted(
      there,
      days,
      () => true,
      () => true,
    ).worst;
    const found = await costliest(database.db, lastDays(NOW, days), undefined, 1);
    const shown = found.map((one) => ({ id: one.id, lost: one.lostSeconds, n: one.sightings }));
    expect([days, shown]).toEqual([days, naive]);
  }
});

test("sources are offered that brought something", async () => {
  expect(await sourcesSeen(database.db, GITEA)).toEqual([...SOURCE_NAMES]);
  expect(await sourcesSeen(database.db, [])).not.toContain("gitea");
});
