import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eq } from "drizzle-orm";
import { attempts, jobRuns, outbox, sightings } from "../../../db/schema.ts";
import { keepReport } from "../../../src/features/failures/report.ts";
import { endText, progressText } from "../../../src/features/failures/scan-text.ts";
import { type Scan, scanById, scanFound } from "../../../src/features/failures/scans.ts";
import { dropExcerpts } from "../../../src/features/failures/store.ts";
import { askForScan, endStale, readRun, scanSweep } from "../../../src/features/failures/sweep.ts";
import { DAY, HOUR, MINUTE } from "../../../src/kernel/clock.ts";
import { Sha } from "../../../src/kernel/ids.ts";
import { goFailure, printingTarget, prints } from "./target.ts";
import { REPO, ScanWorld } from "./world.ts";

setDefaultTimeout(240_000);

const SETTINGS = { workflows: ["Test"], branches: [] };
const ALL = { a: goFailure("TestA"), b: goFailure("TestB"), c: goFailure("TestC"), d: goFailure("TestD") };

const byId = (id: number) => ({ id, address: null });
let world: ScanWorld;
beforeAll(async () => {
  world = await ScanWorld.start(printingTarget({}));
});
afterAll(() => world.end());

const since = () => new Date(world.clock.now().getTime() - 7 * DAY);
const github = () => world.playground.github;

/** A commit whose jobs print this. @returns its run. */
async function commits(by: Record<string, string>): Promise<number> {
  const files = { ...prints(by), "notes.md": `${world.requests} ${Object.keys(by)}\n` };
  await github().commit(REPO, { branch: "main", files, message: "Change" });
  await github().idle();
  return Number(github().runs(REPO)[0]?.id);
}

/** A whole scan, as the jobs would make it. */
async function scan(): Promise<Scan> {
  const begun = await scanSweep(world.context, REPO, SETTINGS, since(), null);
  for (const { run } of world.take("scan.run"))
    await readRun(world.context, REPO, byId(Number(run)), Number(begun?.id));
  const ended = await scanById(world.db, Number(begun?.id));
  if (ended === null) throw new Error("there is no scan");
  return ended;
}

const told = async () =>
  (await world.db.select().from(outbox).where(eq(outbox.kind, "channel.alert"))).map((row) =>
    String((row.payload as { text: string }).text.split("\n")[0]),
  );

const logsAsked = (from: number) => world.asked(from).filter((line) => line.includes("/logs"));

test("four failed jobs cost one archive, and it is kept where and with what they ran", async () => {
  const run = await commits(ALL);
  const before = world.requests;
  const done = await scan();
  expect(logsAsked(before)).toEqual([`GET /actions/runs/${run}/attempts/1/logs 302`]);
  expect(endText(done, await scanFound(world.db, done))).toEndWith("1 read. 4 failures of 4 tests found.");
  const kept = await world.db.select().from(jobRuns).where(eq(jobRuns.run, run)).orderBy(jobRuns.name);
  expect(kept.map(({ log }) => log)).toEqual(["told", "told", "told", "told", null]);
  const { os, arch, toolchain } = kept[0] ?? {};
  expect({ os, arch, toolchain }).toEqual({ os: "Ubuntu 24.04.3 LTS", arch: "x64", toolchain: "go 1.23.4" });
  expect(await world.db.$count(sightings)).toBe(4);
  expect(world.take("flakes.assess")).toHaveLength(1);
});

test("a second scan with no news costs no request of the hour", async () => {
  const left = world.context.ci.limit()?.remaining;
  const before = world.requests;
  const done = await scan();
  expect([done.listed, done.runs, done.endedAt === null]).toEqual([1, [], false]);
  expect(world.asked(before)).toEqual(["GET /actions/workflows 304", expect.stringMatching(/\/runs 304$/)]);
  expect(world.context.ci.limit()?.remaining).toBe(Number(left));
  // a minute later the question is still the same
  world.clock.ms += MINUTE;
  await scan();
  expect(world.context.ci.limit()?.remaining).toBe(Number(left));
});

test("an attempt half read goes on with what is missing", async () => {
  const run = await commits({ a: goFailure("TestA"), b: goFailure("TestB"), c: goFailure("TestC") });
  const [job] = await world.context.ci.jobs(REPO, byId(run), 1);
  const path = new RegExp(`/jobs/${job?.id}/logs$`);
  github().faults.next({ match: { path }, status: 502, times: 3 });
  await expect(readRun(world.context, REPO, byId(run), null)).rejects.toThrow("502");
  expect(await world.db.$count(attempts, eq(attempts.run, run))).toBe(0);
  expect(await world.db.$count(jobRuns, eq(jobRuns.run, run))).toBe(2);
  const before = world.requests;
  await readRun(world.context, REPO, byId(run), null);
  expect(logsAsked(before)).toEqual([`GET /actions/jobs/${job?.id}/logs 302`]);
  const [kept] = await world.db.select().from(attempts).where(eq(attempts.run, run));
  expect(kept).toMatchObject({ whole: true, failedJobs: 3, extracted: 3 });
  world.take("flakes.assess");
});

test("four logs are read at once, where an archive cannot be had", async () => {
  const run = await commits({ ...ALL, e: goFailure("TestE") });
  const path = new RegExp(`/runs/${run}/attempts/1/logs$`);
  github().faults.next({ match: { path }, status: 404 });
  github().faults.next({ match: { path: /\/jobs\/\d+\/logs$/ }, delayMs: 50, times: 5 });
  const { ci } = world.context;
  let [now, most] = [0, 0];
  const log: typeof ci.log = async (...of) => {
    now += 1;
    most = Math.max(most, now);
    return ci.log(...of).finally(() => {
      now -= 1;
    });
  };
  const counting = Object.assign(Object.create(ci), { log });
  await readRun({ ...world.context, ci: counting }, REPO, byId(run), null);
  expect(most).toBe(4);
  expect(await world.db.$count(jobRuns, eq(jobRuns.run, run))).toBe(5);
  world.take("flakes.assess");
});

test("logs that are gone and a listing that is cut are said", async () => {
  const run = await commits({ a: goFailure("TestA") });
  github().faults.next({ match: { path: /\/jobs\/\d+\/logs$/ }, status: 410 });
  const done = await scan();
  const [kept] = await world.db.select().from(attempts).where(eq(attempts.run, run));
  expect(kept).toMatchObject({ whole: false, failedJobs: 0, extracted: 0 });
  const found = await scanFound(world.db, done);
  expect(endText({ ...done, truncated: true }, found)).toContain(
    "Missing: 1000 runs of a workflow are listed at most, so older ones were not read. Missing: logs of 1 attempt are gone",
  );
});

test("a scan that was asked for shows how it goes on; one that stands still is ended", async () => {
  const runs = [await commits({}), await commits({})];
  await askForScan(world.context, REPO, since());
  const [job] = world.take("scan.sweep");
  const id = Number(job?.scan);
  const now = async () => progressText((await scanById(world.db, id)) as Scan);
  expect(await now()).toBe(`${REPO}: asking for its runs`);
  await scanSweep(world.context, REPO, SETTINGS, since(), id);
  expect(await now()).toBe(`${REPO}: 0 of 2 runs read`);
  // the job runs twice: nothing is enqueued again
  await scanSweep(world.context, REPO, SETTINGS, since(), id);
  expect(world.take("scan.run").map((one) => one.run)).toEqual(runs);
  await readRun(world.context, REPO, byId(Number(runs[0])), id);
  await readRun(world.context, REPO, byId(Number(runs[0])), id);
  expect(await now()).toBe(`${REPO}: 1 of 2 runs read`);
  const kinds = (await world.db.select().from(outbox)).map((row) => `${row.kind} ${row.whilePaused}`);
  expect(kinds).toEqual(["scan.post go", "scan.update go"]);
  world.clock.ms += 2 * HOUR;
  await endStale(world.context, new Date(world.clock.now().getTime() - HOUR));
  const ended = (await scanById(world.db, id)) as Scan;
  expect(endText(ended, await scanFound(world.db, ended))).toEndWith("Missing: 1 run could not be read yet.");
  await readRun(world.context, REPO, byId(Number(runs[1])), null);
});

test("three failed scans in a row are told once, and again only after one that went well", async () => {
  const fails = async () => {
    github().faults.next({ match: { path: /\/actions\/workflows/ }, status: 502, times: 3 });
    await expect(scan()).rejects.toThrow("502");
    world.clock.ms += 2 * MINUTE;
  };
  for (const _ of [1, 2]) await fails();
  expect(await told()).toEqual([]);
  for (const _ of [3, 4]) await fails();
  expect(await told()).toEqual([`:warning: *${REPO}: 3 scans failed in a row*`]);
  await scan();
  for (const _ of [1, 2, 3]) await fails();
  expect(await told()).toHaveLength(2);
  await scan();
  await world.db.delete(outbox);
});

test("little of the limit left is told once, and again only after there was more", async () => {
  const answered = async (remaining: number) => {
    const headers = {
      "x-ratelimit-limit": "5000",
      "x-ratelimit-remaining": String(remaining),
      "x-ratelimit-reset": String(Math.ceil(world.clock.now().getTime() / 1000) + 3600),
      "x-ratelimit-resource": "core",
    };
    const body = JSON.stringify({ total_count: 0, workflow_runs: [] });
    github().faults.next({ match: { path: /\/workflows\/\d+\/runs$/ }, status: 200, headers, body });
    await scan();
  };
  for (const left of [500, 499, 120]) await answered(left);
  expect(await told()).toEqual([":warning: *GitHub's request limit is nearly used up: 499 of 5000 left*"]);
  for (const left of [4000, 10]) await answered(left);
  expect(await told()).toHaveLength(2);
  await answered(4000);
  await world.db.delete(outbox);
});

test("failed jobs whose logs tell nothing are told once, until they tell something again", async () => {
  const silent = { a: "it went wrong in a way that nobody knows\n" };
  const read = async (by: Record<string, string>) =>
    readRun(world.context, REPO, byId(await commits(by)), null);
  for (const _ of [1, 2]) await read(silent);
  expect(await told()).toEqual([]);
  await read(silent);
  await read(silent);
  const said = `:warning: *${REPO}: failed jobs, and no failed test found in their logs*`;
  expect(await told()).toEqual([said]);
  await read(ALL);
  await commits(silent);
  await scan();
  expect(await told()).toEqual([said, said]);
});

test("reports of every kind take the same path; one that comes twice changes nothing", async () => {
  world.take("flakes.assess");
  const junit = '<testsuite><testcase name="t1" classname="c"><failure message="no"/></testcase></testsuite>';
  const json = `${JSON.stringify({ Action: "fail", Package: "p", Test: "TestJson", Elapsed: 0.1 })}\n`;
  const before = await world.db.$count(sightings);
  for (const [job, body] of Object.entries({ junit, json, log: goFailure("TestRaw") })) {
    const report = {
      repo: REPO,
      sha: Sha.parse("b".repeat(40)),
      branch: "main",
      runUrl: "https://ci.example/1",
      job,
      attempt: 1,
      pull: null,
      author: null,
    };
    const bytes = (text: string) => new TextEncoder().encode(text);
    expect(await keepReport(world.context, report, bytes(body))).toEqual({ failures: 1, faults: [] });
    await keepReport(world.context, report, bytes(body));
    await keepReport(world.context, report, bytes(goFailure("TestOther")));
  }
  expect(await world.db.$count(sightings)).toBe(before + 3);
  expect(world.take("flakes.assess")).toHaveLength(3);
});

test("a report whose names hold what no database takes, or a secret, is kept without it", async () => {
  const token = `ghp_${"aB3dE5gH7jK9".repeat(3)}`;
  const event = (Action: string, more: object) =>
    JSON.stringify({ Action, Package: "p\0q", Test: `Te\0st/\ud83d[${token}]`, ...more });
  const body = [
    event("output", { Output: `    a_test.go:1: ${token} \0 \udc00\n` }),
    event("fail", { Elapsed: 0.1 }),
  ].join("\n");
  const report = {
    ...{ repo: REPO, sha: Sha.parse("c".repeat(40)), branch: "main", runUrl: "https://ci.example/2" },
    ...{ job: "hostile", attempt: 1, pull: null, author: null },
  };
  const kept = await keepReport(world.context, report, new TextEncoder().encode(`${body}\n`));
  expect(kept).toEqual({ failures: 1, faults: [] });
  const [row] = await world.db.select().from(sightings).where(eq(sightings.jobName, "hostile"));
  expect(row).toMatchObject({ test: "Test/\ufffd[[redacted github token]]", package: "pq" });
  expect(JSON.stringify(row)).not.toContain(token);
  world.take("flakes.assess");
});

test("excerpts go, links stay", async () => {
  const read = () => world.db.select().from(sightings).orderBy(sightings.id);
  const all = await read();
  expect(all.some((row) => row.excerpt !== null)).toBe(true);
  await dropExcerpts(world.db, new Date(world.clock.now().getTime() - 90 * DAY));
  expect((await read()).map((row) => row.excerpt)).toEqual(all.map((row) => row.excerpt));
  await dropExcerpts(world.db, new Date(world.clock.now().getTime() + DAY));
  const after = await read();
  expect(after.every((row) => row.excerpt === null)).toBe(true);
  expect(after.map((row) => row.url)).toEqual(all.map((row) => row.url));
});
