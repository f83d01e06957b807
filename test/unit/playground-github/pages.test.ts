import { afterAll, beforeAll, expect, test } from "bun:test";
import { FULL, REPO, type Stage, startStage } from "./world.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  await stage.github.createRepository(FULL, { "README.md": "# Shop\n", "src/a.ts": "one\n" });
  const rest = stage.as("flaky-bot").rest;
  await rest.issues.create({ ...REPO, title: "A <b>title</b>", body: "why **so**" });
  await stage.github.commit(FULL, {
    branch: "fix",
    files: { "src/a.ts": "two\n" },
    message: "Fix",
    author: "flaky-bot",
  });
  await rest.pulls.create({ ...REPO, title: "Fix it", head: "fix", base: "main" });
});
afterAll(() => stage.stop());

const open = async (path: string): Promise<string> => {
  const response = await fetch(stage.github.origin + path);
  expect(`${path} ${response.status}`).toBe(`${path} 200`);
  return response.text();
};

const submit = (path: string, login: string, fields: Record<string, string>, origin = stage.github.origin) =>
  fetch(stage.github.origin + path, {
    method: "POST",
    redirect: "manual",
    headers: {
      cookie: `playground_login=${login}`,
      origin,
      referer: `${stage.github.origin}/${FULL}/issues/1`,
    },
    body: new URLSearchParams(fields),
  });

test("every page opens", async () => {
  const sha = (await stage.as(null).rest.repos.getBranch({ ...REPO, branch: "fix" })).data.commit.sha;
  for (const path of [
    "",
    "/issues",
    "/pulls",
    "/actions",
    "/pull/2",
    `/commit/${sha}`,
    "/blob/main/src/a.ts",
  ]) {
    await open(`/${FULL}${path}`);
  }
  expect(await open("/")).toContain("acme/shop");
  expect(await open(`/${FULL}/pull/2.diff`)).toContain("+two");
  expect((await fetch(`${stage.github.origin}/${FULL}/issues/99`)).status).toBe(404);
});

test("a person comments, labels and closes; the product's side sees it", async () => {
  await submit(`/${FULL}/issues/1/comment`, "bob", { body: "From the *browser*" });
  await submit(`/${FULL}/issues/1/label`, "bob", { add: "seen" });
  await submit(`/${FULL}/issues/1/state`, "bob", { state: "closed", reason: "not_planned" });
  const { issues } = stage.as("flaky-bot").rest;
  const { data } = await issues.get({ ...REPO, issue_number: 1 });
  expect(data).toMatchObject({
    state_reason: "not_planned",
    closed_by: { login: "bob" },
    labels: [{ name: "seen" }],
  });
  const [comment] = (await issues.listComments({ ...REPO, issue_number: 1 })).data;
  const html = await open(`/${FULL}/issues/1`);
  expect(html).toContain(`id="issuecomment-${comment?.id}"`);
  expect(html).toContain("From the <em>browser</em>");
  expect(html).toContain("A &lt;b&gt;title&lt;/b&gt;");
});

test("what somebody may not do is said, and does not happen", async () => {
  const refused = await submit(`/${FULL}/pull/2/merge`, "rita", { method: "merge" });
  expect(decodeURIComponent(refused.headers.get("location") ?? "")).toContain("rita needs the write right");
  const foreign = await submit(`/${FULL}/pull/2/merge`, "alice", { method: "merge" }, "https://evil.example");
  expect(foreign.status).toBe(403);
  expect((await stage.as(null).rest.pulls.get({ ...REPO, pull_number: 2 })).data.merged).toBe(false);
});

test("a pull request is reviewed and merged", async () => {
  const remark = { path: "src/a.ts", line: "1", remark: "Why two?" };
  await submit(`/${FULL}/pull/2/review`, "alice", { verdict: "APPROVE", body: "Fine", ...remark });
  const comments = await stage.as(null).rest.pulls.listReviewComments({ ...REPO, pull_number: 2 });
  expect(await open(`/${FULL}/pull/2`)).toContain(`id="discussion_r${comments.data[0]?.id}"`);
  await submit(`/${FULL}/pull/2/merge`, "alice", { method: "squash" });
  expect((await stage.as(null).rest.pulls.get({ ...REPO, pull_number: 2 })).data.merged).toBe(true);
});

test("the version that pages watch grows with every change", async () => {
  const version = async () => (await (await fetch(`${stage.github.origin}/-/version`)).json()).version;
  const before = Number(await version());
  await submit(`/${FULL}/issues/1/comment`, "bob", { body: "More" });
  expect(Number(await version())).toBeGreaterThan(before);
});
