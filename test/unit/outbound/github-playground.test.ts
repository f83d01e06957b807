import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../src/kernel/clock.ts";
import { TransientError } from "../../../src/kernel/errors.ts";
import { Login, RepoName, Sha } from "../../../src/kernel/ids.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import { createGitHub, type GitHub } from "../../../src/outbound/github/index.ts";
import { type GitHubPlayground, type Person, startGitHub } from "../../../src/playground/github/index.ts";
import { fault } from "./support.ts";

const REPO = RepoName.parse("acme/shop");
const ALICE = Login.parse("alice");
const WORKFLOW = `
name: CI
on: { push: { branches: [main] }, pull_request: {} }
jobs:
  unit:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: echo "--- FAIL" && exit 1
`;

const person = (login: string, permission: Person["permission"]): Person => ({
  login,
  name: login,
  token: `token-${login}`,
  permission,
});

let dir: string;
let github: GitHubPlayground;
let bot: GitHub;
const as = (login: string): GitHub => {
  const token = `token-${login}`;
  const tokens = { read: token, issue: token, code: token };
  return createGitHub({ apiUrl: github.apiUrl, tokens, clock: systemClock, log: silentLog });
};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "outbound-github-"));
  github = await startGitHub({
    clock: systemClock,
    random: Math.random,
    dir,
    appUrl: () => "http://127.0.0.1:1",
    webhookSecret: "secret",
    people: [person("alice", "maintain"), person("rita", "read")],
    bot: person("flaky-bot", "write"),
    bunPath: process.execPath,
  });
  await github.createRepository(REPO, { "README.md": "# Shop\n" });
  bot = as("flaky-bot");
});
afterAll(async () => {
  await github.stop();
  await rm(dir, { recursive: true, force: true });
});

test("a run that fails is listed with its jobs and its log, and is run again", async () => {
  const files = { ".github/workflows/ci.yml": WORKFLOW };
  const sha = await github.commit(REPO, { branch: "main", files, message: "Add CI", author: "alice" });
  await github.idle();
  const since = new Date(Date.now() - 3_600_000);
  const { runs, truncated } = await bot.ci.runs(REPO, { workflows: ["ci.yml"], since });
  expect(truncated).toBe(false);
  expect(runs).toMatchObject([
    {
      workflow: "CI",
      event: "push",
      branch: "main",
      sha,
      conclusion: "failure",
      author: "alice",
      pull: null,
    },
  ]);
  const id = Number(runs[0]?.id);
  const [job] = await bot.ci.jobs(REPO, { id, address: null }, 1);
  if (job === undefined) throw new Error("the run has no job");
  expect(job).toMatchObject({ run: id, attempt: 1, name: "unit", conclusion: "failure" });
  const log = await new Response(await bot.ci.log(REPO, job)).text();
  expect(log).toContain("Z --- FAIL\n");
  await bot.ci.rerunFailed(REPO, id);
  await github.idle();
  expect(await bot.ci.run(REPO, { id, address: null })).toMatchObject({
    attempt: 2,
    completed: true,
    conclusion: "failure",
  });
  expect(await bot.ci.log(REPO, { ...job, id: 1 })).toBeNull();
});

test("rights are what they are now", async () => {
  expect(await bot.forge.whoAmI(REPO)).toBe(Login.parse("flaky-bot"));
  expect(await bot.forge.permission(REPO, ALICE)).toBe("maintain");
  github.setPermission("alice", "triage");
  expect(await bot.forge.permission(REPO, ALICE)).toBe("triage");
  expect(await bot.forge.permission(REPO, Login.parse("nobody"))).toBe("none");
  github.setPermission("alice", "maintain");
});

test("an issue is made, talked about, labelled and closed", async () => {
  const { forge } = bot;
  const since = new Date(Date.now() - 60_000);
  const label = "flaky-test-cleaner/flaky-test";
  const { number } = await forge.createIssue(REPO, { title: "[flaky] x", body: "b", labels: [label] });
  await forge.addLabels(REPO, number, ["flaky-test-cleaner/blocked"]);
  for (const _ of [1, 2]) await forge.removeLabel(REPO, number, "flaky-test-cleaner/blocked");
  const said = await forge.comment(REPO, number, "first");
  await as("alice").forge.comment(REPO, number, "second");
  await forge.editComment(REPO, said.id, "changed");
  const comments = await forge.comments(REPO, number, since);
  expect(comments.map(({ author, body }) => [String(author), body])).toEqual([
    ["flaky-bot", "changed"],
    ["alice", "second"],
  ]);
  for (const _ of [1, 2]) await forge.deleteComment(REPO, said.id);
  await forge.updateIssue(REPO, number, { state: "closed", reason: "completed" });
  expect(await forge.issue(REPO, number)).toMatchObject({
    state: "closed",
    stateReason: "completed",
    labels: [label],
  });
  expect((await forge.issuesSince(REPO, since, label)).map((issue) => issue.number)).toEqual([number]);
});

test("a branch becomes a pull request with checks, and falls behind", async () => {
  const { forge } = bot;
  const head = await github.commit(REPO, { branch: "ai/flaky/1", files: { "a.ts": "1\n" }, message: "Fix" });
  const wanted = { title: "Fix", body: "ref #1", head: "ai/flaky/1", base: "main", draft: false };
  const { number } = await forge.createPull(REPO, wanted);
  await github.idle();
  const found = await forge.pullsByHead(REPO, "ai/flaky/1");
  expect(found).toMatchObject([
    { number, state: "open", merged: false, mergeCommit: null, headSha: head, baseRef: "main" },
  ]);
  expect(await forge.checks(REPO, head)).toMatchObject([
    { name: "unit", status: "completed", conclusion: "failure" },
  ]);
  await forge.requestReview(REPO, number, [ALICE]);
  expect(await forge.reviews(REPO, number)).toEqual([]);
  expect(await forge.reviewComments(REPO, number)).toEqual([]);
  expect(await forge.updateBranch(REPO, number)).toBe(false);
  await github.commit(REPO, { branch: "main", files: { "b.ts": "2\n" }, message: "Go on" });
  expect(await forge.updateBranch(REPO, number)).toBe(true);
  expect(await forge.contains(REPO, Sha.parse(head), "ai/flaky/1")).toBe(true);
  expect(await forge.contains(REPO, Sha.parse(head), "main")).toBe(false);
  await github.idle();
});

test("files are read at a ref", async () => {
  const { forge } = bot;
  const facts = await forge.repository(REPO);
  expect(facts).toMatchObject({ defaultBranch: "main", url: `${github.origin}/acme/shop` });
  const address = new URL(await forge.gitUrl(REPO, "read"));
  expect([address.username, address.password]).toEqual(["x-access-token", "token-flaky-bot"]);
  expect(facts.cloneUrl).not.toContain("token");
  expect(await forge.file(REPO, ".github/workflows/ci.yml", "main")).toBe(WORKFLOW);
  expect(await forge.file(REPO, ".github", "main")).toBeNull();
  expect(await forge.file(REPO, "nowhere", "main")).toBeNull();
});

test("a reader may not write, and what was not changed costs no request of the hour", async () => {
  const issue = { title: "t", body: "b", labels: [] };
  expect(await fault(as("rita").ci.rerunFailed(REPO, 1))).toMatchObject({ status: 404 });
  expect(
    await fault(as("rita").forge.addLabels(REPO, (await bot.forge.createIssue(REPO, issue)).number, ["x"])),
  ).toMatchObject({ status: 403 });
  await bot.forge.repository(REPO);
  const before = bot.rate()?.remaining;
  await bot.forge.repository(REPO);
  expect(bot.rate()?.remaining).toBe(Number(before));
  expect(github.requests().at(-1)?.status).toBe(304);
});

test("a create whose answer is lost is a passing fault, made once", async () => {
  const since = new Date(Date.now() - 60_000);
  github.faults.next({ match: { method: "POST", path: /\/issues$/ }, dropAfterCommit: true });
  const lost = bot.forge.createIssue(REPO, { title: "only one", body: "b", labels: [] });
  expect(await fault(lost)).toBeInstanceOf(TransientError);
  const issues = await bot.forge.issuesSince(REPO, since, null);
  expect(issues.filter(({ title }) => title === "only one")).toHaveLength(1);
});
