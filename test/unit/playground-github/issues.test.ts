import { afterAll, beforeAll, expect, test } from "bun:test";
import { FULL, REPO, type Stage, startStage, statusOf } from "./world.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  await stage.github.createRepository(FULL, { "README.md": "# Shop\n" });
});
afterAll(() => stage.stop());

test("an issue is opened, labelled, commented, closed and reopened", async () => {
  const { issues } = stage.as("flaky-bot").rest;
  const opened = await issues.create({ ...REPO, title: "[flaky] t", body: "why", labels: ["flaky/one"] });
  expect(opened.data).toMatchObject({ number: 1, state: "open", user: { login: "flaky-bot" } });
  expect(opened.data.html_url).toBe(`${stage.github.origin}/${FULL}/issues/1`);
  const issue_number = opened.data.number;
  await issues.addLabels({ ...REPO, issue_number, labels: ["two"] });
  await issues.removeLabel({ ...REPO, issue_number, name: "flaky/one" });
  expect((await issues.get({ ...REPO, issue_number })).data.labels).toMatchObject([{ name: "two" }]);
  const comment = await issues.createComment({ ...REPO, issue_number, body: "hello" });
  expect(comment.data.html_url).toEndWith(`/issues/1#issuecomment-${comment.data.id}`);
  await issues.updateComment({ ...REPO, comment_id: comment.data.id, body: "hello again" });
  expect((await issues.listComments({ ...REPO, issue_number })).data.map(({ body }) => body)).toEqual([
    "hello again",
  ]);
  const closed = await issues.update({ ...REPO, issue_number, state: "closed", state_reason: "not_planned" });
  expect(closed.data).toMatchObject({
    state: "closed",
    state_reason: "not_planned",
    closed_by: { login: "flaky-bot" },
  });
  const again = await issues.update({ ...REPO, issue_number, state: "open" });
  expect(again.data).toMatchObject({ state: "open", state_reason: "reopened", closed_at: null });
  const events = await issues.listEvents({ ...REPO, issue_number });
  expect(events.data.map(({ event }) => event)).toEqual([
    "labeled",
    "labeled",
    "unlabeled",
    "closed",
    "reopened",
  ]);
  const sent = stage.github.deliveries.map(({ event, action }) => `${event}.${action}`);
  expect(sent).toEqual([
    "issues.opened",
    "issues.labeled",
    "issues.labeled",
    "issues.unlabeled",
    "issue_comment.created",
    "issue_comment.edited",
    "issues.closed",
    "issues.reopened",
  ]);
});

test("rights decide, with GitHub's statuses", async () => {
  const alice = stage.as("alice").rest.issues;
  const { data } = await alice.create({ ...REPO, title: "Theirs" });
  const issue_number = data.number;
  const rita = stage.as("rita").rest;
  const mine = await rita.issues.create({ ...REPO, title: "Mine", labels: ["dropped"] });
  expect(mine.data.labels).toEqual([]);
  expect(await statusOf(rita.issues.update({ ...REPO, issue_number, state: "closed" }))).toBe(403);
  expect(await statusOf(rita.issues.addLabels({ ...REPO, issue_number, labels: ["x"] }))).toBe(403);
  expect(
    await statusOf(stage.as("tina").rest.issues.addLabels({ ...REPO, issue_number, labels: ["x"] })),
  ).toBe(0);
  expect(await statusOf(stage.as(null).rest.issues.create({ ...REPO, title: "?" }))).toBe(401);
  expect(await statusOf(stage.as("stranger").rest.repos.get(REPO))).toBe(401);
  const level = (login: string, username: string) =>
    stage.as(login).rest.repos.getCollaboratorPermissionLevel({ ...REPO, username });
  expect((await level("bob", "tina")).data).toMatchObject({ permission: "read", role_name: "triage" });
  expect(await statusOf(level("rita", "tina"))).toBe(403);
  stage.github.setPermission("tina", "maintain");
  expect((await level("bob", "tina")).data).toMatchObject({ permission: "write", role_name: "maintain" });
  stage.github.setPermission("tina", "triage");
});

test("a private repository is hidden from those without a right", async () => {
  await stage.github.createRepository("acme/secret", { a: "a" }, { private: true });
  const secret = { owner: "acme", repo: "secret" };
  expect(await statusOf(stage.as(null).rest.repos.get(secret))).toBe(404);
  expect(await statusOf(stage.as("rita").rest.repos.get(secret))).toBe(0);
});

test("lists are paged, filtered and sorted", async () => {
  await stage.github.createRepository("acme/lists", { a: "a" });
  const lists = { owner: "acme", repo: "lists" };
  const octokit = stage.as("alice");
  for (let n = 1; n <= 5; n += 1) {
    await octokit.rest.issues.create({ ...lists, title: `n${n}`, labels: n % 2 ? ["odd"] : ["even"] });
  }
  const all = await octokit.paginate(octokit.rest.issues.listForRepo, { ...lists, per_page: 2 });
  expect(all.map(({ number }) => number)).toEqual([5, 4, 3, 2, 1]);
  const odd = await octokit.rest.issues.listForRepo({ ...lists, labels: "odd", direction: "asc" });
  expect(odd.data.map(({ number }) => number)).toEqual([1, 3, 5]);
});

test("wrong bodies and unknown things are refused as GitHub refuses them", async () => {
  const { issues, repos } = stage.as("alice").rest;
  expect(await statusOf(issues.get({ ...REPO, issue_number: 999 }))).toBe(404);
  expect(await statusOf(repos.get({ owner: "acme", repo: "nothing" }))).toBe(404);
  const bare = await fetch(`${stage.github.apiUrl}/repos/${FULL}/issues`, {
    method: "POST",
    headers: { authorization: "Bearer token-alice" },
    body: "{}",
  });
  expect(bare.status).toBe(422);
  const answer: unknown = await bare.json();
  expect(answer).toMatchObject({
    message: "Validation Failed",
    errors: [{ resource: "Issue", field: "title" }],
  });
});
