import { afterAll, beforeAll, expect, test } from "bun:test";
import { FULL, REPO, type Stage, startStage, statusOf } from "./world.ts";

const LINES = ["one", "two", "three", "four", "five", ""];
const WORKFLOW =
  "on: pull_request\njobs: { test: { runs-on: ubuntu-latest, steps: [{ uses: actions/checkout@v4 }, { run: cat list.txt base.txt }] } }\n";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  await stage.github.createRepository(FULL, {
    "list.txt": LINES.join("\n"),
    ".github/workflows/ci.yml": WORKFLOW,
  });
});
afterAll(() => stage.stop());

const branch = (name: string, files: Record<string, string>, base = "main") =>
  stage.github.commit(FULL, { branch: name, files, message: `Change on ${name}`, author: "flaky-bot", base });
const open = async (head: string, body = "") => {
  const { data } = await stage
    .as("flaky-bot")
    .rest.pulls.create({ ...REPO, title: head, body, head, base: "main" });
  return data;
};

test("the whole way of a pull request, from opened to merged", async () => {
  const rest = stage.as("flaky-bot").rest;
  const alice = stage.as("alice").rest;
  const issue = await alice.issues.create({ ...REPO, title: "Wrong" });
  const sha = await branch("fix", { "list.txt": LINES.join("\n").replace("three", "3") });
  await stage.github.commit(FULL, {
    branch: "main",
    files: { "base.txt": "from the base\n" },
    message: "Go on",
  });
  const pull = await open("fix", `Fixes #${issue.data.number}`);
  const pull_number = pull.number;
  expect(pull).toMatchObject({ state: "open", mergeable: true, commits: 1, additions: 1, deletions: 1 });
  expect(pull.head.sha).toBe(sha);
  await stage.github.idle();
  const checks = await rest.checks.listForRef({ ...REPO, ref: sha });
  expect(checks.data.check_runs.map(({ name, conclusion }) => [name, conclusion])).toEqual([
    ["test", "success"],
  ]);
  expect((await rest.pulls.get({ ...REPO, pull_number })).data.mergeable_state).toBe("clean");
  const comment = { path: "list.txt", line: 3, side: "RIGHT" as const, body: "Why 3?" };
  await alice.pulls.createReview({
    ...REPO,
    pull_number,
    event: "REQUEST_CHANGES",
    body: "Hm",
    comments: [comment],
  });
  const [asked] = (await rest.pulls.listReviewComments({ ...REPO, pull_number })).data;
  expect(asked).toMatchObject({ path: "list.txt", line: 3, body: "Why 3?" });
  expect(asked?.diff_hunk).toEndWith("-three\n+3");
  const comment_id = Number(asked?.id);
  const answer = await rest.pulls.createReplyForReviewComment({
    ...REPO,
    pull_number,
    comment_id,
    body: "Because.",
  });
  expect(answer.data.in_reply_to_id).toBe(comment_id);
  await branch("fix", { "list.txt": LINES.join("\n").replace("three", "III") });
  expect(stage.github.deliveries.findLast(({ event }) => event === "pull_request")?.action).toBe(
    "synchronize",
  );
  const merge = (more: object) =>
    alice.pulls.merge({ ...REPO, pull_number, merge_method: "squash", ...more });
  expect(await statusOf(stage.as("rita").rest.pulls.merge({ ...REPO, pull_number }))).toBe(403);
  expect(await statusOf(merge({ sha }))).toBe(409);
  const merged = await merge({});
  const after = await rest.pulls.get({ ...REPO, pull_number });
  expect(after.data).toMatchObject({ merged: true, state: "closed", merge_commit_sha: merged.data.sha });
  const closed = await rest.issues.get({ ...REPO, issue_number: issue.data.number });
  expect(closed.data).toMatchObject({ state: "closed", state_reason: "completed" });
  const parents = (await rest.repos.getCommit({ ...REPO, ref: "main" })).data.parents;
  expect(parents).toHaveLength(1);
  expect(await statusOf(merge({}))).toBe(405);
});

test("a pull request runs what its merge into the base would be", async () => {
  await stage.github.idle();
  const run = stage.github.runs(FULL).find(({ event }) => event === "pull_request");
  const { jobs } = (
    await stage.as("bob").rest.actions.listJobsForWorkflowRun({ ...REPO, run_id: Number(run?.id) })
  ).data;
  const job_id = Number(jobs[0]?.id);
  const log = await stage.as("bob").rest.actions.downloadJobLogsForWorkflowRun({ ...REPO, job_id });
  expect(String(log.data)).toContain("Z from the base\n");
});

test("a conflict is dirty, is not merged, and runs nothing", async () => {
  await branch("clash", { "list.txt": "mine\n" });
  await stage.github.commit(FULL, { branch: "main", files: { "list.txt": "theirs\n" }, message: "Other" });
  const before = stage.github.runs(FULL).length;
  const pull = await open("clash");
  expect(pull).toMatchObject({ mergeable: false, mergeable_state: "dirty" });
  expect(stage.github.runs(FULL)).toHaveLength(before);
  const pull_number = pull.number;
  expect(await statusOf(stage.as("alice").rest.pulls.merge({ ...REPO, pull_number }))).toBe(405);
  expect(await statusOf(stage.as("alice").rest.pulls.updateBranch({ ...REPO, pull_number }))).toBe(422);
});

test("opening refuses twins, nothing new, and unknown branches", async () => {
  await branch("twin", { "t.txt": "t\n" });
  await open("twin");
  expect(await statusOf(open("twin"))).toBe(422);
  expect(await statusOf(open("absent"))).toBe(422);
  await stage.git([
    "clone",
    "--quiet",
    `${stage.github.origin.replace("//", "//x:token-bob@")}/${FULL}.git`,
    "w",
  ]);
  await stage.git(["push", "--quiet", "origin", "HEAD:refs/heads/nothing"], `${stage.dir}/w`);
  expect(await statusOf(open("nothing"))).toBe(422);
});

test("a branch behind its base is brought up to date", async () => {
  await branch("late", { "late.txt": "late\n" });
  await stage.github.commit(FULL, { branch: "main", files: { "new.txt": "new\n" }, message: "New" });
  const pull = await open("late");
  const updated = await stage.as("bob").rest.pulls.updateBranch({ ...REPO, pull_number: pull.number });
  expect(updated.status).toBe(202);
  const { data } = await stage.as("bob").rest.pulls.get({ ...REPO, pull_number: pull.number });
  expect(data.head.sha).not.toBe(pull.head.sha);
  expect(data.commits).toBe(2);
});

test("a fork's branch is opened and merged, and protection blocks without approval", async () => {
  await stage.github.createRepository("team/base", { a: "a\n" }, { protection: { approvals: 1 } });
  await stage.github.createRepository("bot/base", {}, { forkOf: "team/base" });
  await stage.github.commit("bot/base", {
    branch: "topic",
    files: { b: "b\n" },
    message: "B",
    author: "flaky-bot",
  });
  const team = { owner: "team", repo: "base" };
  const { pulls } = stage.as("flaky-bot").rest;
  const { data } = await pulls.create({ ...team, title: "T", head: "bot:topic", base: "main", draft: true });
  expect(data.head).toMatchObject({ label: "bot:topic", repo: { full_name: "bot/base", fork: true } });
  expect(data.mergeable_state).toBe("draft");
  await stage
    .as("flaky-bot")
    .graphql(
      "mutation ($id: ID!) { markPullRequestReadyForReview(input: { pullRequestId: $id }) { pullRequest { isDraft } } }",
      { id: data.node_id },
    );
  const pull_number = data.number;
  expect((await pulls.get({ ...team, pull_number })).data).toMatchObject({
    draft: false,
    mergeable_state: "blocked",
  });
  expect(await statusOf(pulls.createReview({ ...team, pull_number, event: "APPROVE" }))).toBe(422);
  await stage.as("alice").rest.pulls.createReview({ ...team, pull_number, event: "APPROVE" });
  await pulls.merge({ ...team, pull_number, merge_method: "rebase" });
  const found = await stage.as("rita").rest.repos.getContent({ ...team, path: "b" });
  expect(found.data).toMatchObject({ type: "file" });
});
