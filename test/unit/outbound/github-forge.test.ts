import { expect, test } from "bun:test";
import { z } from "zod";
import { RefusedError } from "../../../src/kernel/errors.ts";
import { IssueNumber, Login, PullNumber, Sha } from "../../../src/kernel/ids.ts";
import { commentJson, connect, issueJson, pullJson, REPO, SHA } from "./github-support.ts";
import { fault, serve } from "./support.ts";

const SEVEN = IssueNumber.parse(7);
const NINE = PullNumber.parse(9);
const ALICE = Login.parse("alice");

test.each([
  [{ role_name: "maintain", permission: "write" }, "maintain"],
  [{ role_name: "triage", permission: "read" }, "triage"],
  [{ role_name: "release crew", permission: "write" }, "write"],
  [{ permission: "admin" }, "admin"],
  [{ role_name: "none", permission: "none" }, "none"],
])("the right %j is %s", async (answer, right) => {
  using server = serve(() => Response.json(answer));
  expect(String(await connect(server.url).forge.permission(REPO, ALICE))).toBe(right);
  expect(server.seen[0]?.path).toBe("/repos/acme/shop/collaborators/alice/permission");
});

test("one whom GitHub does not know has no right; a token that may not ask is refused", async () => {
  using unknown = serve(() => Response.json({ message: "Not Found" }, { status: 404 }));
  expect(await connect(unknown.url).forge.permission(REPO, ALICE)).toBe("none");
  using closed = serve(() => Response.json({ message: "Must have push access" }, { status: 403 }));
  expect(await fault(connect(closed.url).forge.permission(REPO, ALICE))).toMatchObject({ status: 403 });
});

test("issues since a day are read newest first, no page more than needed", async () => {
  const made = (number: number, day: string) => issueJson({ number, created_at: `2026-02-${day}T00:00:00Z` });
  using server = serve(() =>
    Response.json([made(3, "20"), made(2, "15"), made(1, "10")], {
      headers: { link: `<${server.url}/repos/acme/shop/issues?page=2>; rel="next"` },
    }),
  );
  const found = await connect(server.url).forge.issuesSince(REPO, new Date("2026-02-15T00:00:00Z"), "x/y z");
  expect(found.map(({ number }) => Number(number))).toEqual([3, 2]);
  expect(server.seen.map(({ path }) => path)).toEqual([
    "/repos/acme/shop/issues?state=all&sort=created&direction=desc&per_page=100&labels=x/y z",
  ]);
});

test("a change of an issue says its reason and nothing that was not changed", async () => {
  using server = serve(() => Response.json(issueJson({ state: "closed", state_reason: "not_planned" })));
  const { forge } = connect(server.url);
  const issue = await forge.updateIssue(REPO, SEVEN, { state: "closed", reason: "not_planned" });
  expect(issue).toMatchObject({ state: "closed", stateReason: "not_planned" });
  expect(server.seen.map(({ method, path, body }) => ({ method, path, body }))).toEqual([
    {
      method: "PATCH",
      path: "/repos/acme/shop/issues/7",
      body: { state: "closed", state_reason: "not_planned" },
    },
  ]);
});

test("a label that is not there is no error, an issue that is not there is", async () => {
  using server = serve(({ path }) =>
    Response.json({ message: path.includes("/7/") ? "Label does not exist" : "Not Found" }, { status: 404 }),
  );
  const { forge } = connect(server.url);
  await forge.removeLabel(REPO, SEVEN, "flaky-test-cleaner/blocked");
  expect(await fault(forge.removeLabel(REPO, IssueNumber.parse(8), "x"))).toBeInstanceOf(RefusedError);
});

test("comments are read to the last page, and one of an account that is gone has an author", async () => {
  using server = serve(({ path }) =>
    path.includes("page=2")
      ? Response.json([commentJson({ id: 72, user: null })])
      : Response.json([commentJson(), commentJson({ id: 71, body: null })], {
          headers: { link: `<${server.url}/repos/acme/shop/issues/7/comments?page=2>; rel="next"` },
        }),
  );
  const since = new Date("2026-02-20T00:00:00Z");
  const comments = await connect(server.url).forge.comments(REPO, SEVEN, since);
  expect(comments.map(({ id, author, body }) => [id, String(author), body])).toEqual([
    [70, "bob", "hm"],
    [71, "bob", ""],
    [72, "ghost", "hm"],
  ]);
  expect(server.seen[0]?.path).toContain("since=2026-02-20T00:00:00.000Z");
});

test("a comment that is gone may be deleted again", async () => {
  using server = serve(() => Response.json({ message: "Not Found" }, { status: 404 }));
  await connect(server.url).forge.deleteComment(REPO, 70);
  expect(server.seen).toHaveLength(1);
});

test("the merge commit is only named once it is one", async () => {
  const merged = { state: "closed", merged: true, merged_by: { login: "alice" } };
  using server = serve(({ path }) => Response.json(pullJson(path.endsWith("/9") ? {} : merged)));
  const { forge } = connect(server.url);
  expect(await forge.pull(REPO, NINE)).toMatchObject({ merged: false, mergeCommit: null, mergedBy: null });
  expect(await forge.pull(REPO, PullNumber.parse(10))).toMatchObject({
    merged: true,
    mergeCommit: Sha.parse("b".repeat(40)),
    mergedBy: ALICE,
  });
});

test("pull requests of a branch are looked up with its owner and read in full", async () => {
  using server = serve(({ path }) =>
    path.includes("?") ? Response.json([pullJson()]) : Response.json(pullJson({ mergeable_state: "dirty" })),
  );
  const { forge } = connect(server.url);
  expect(await forge.pullsByHead(REPO, "ai/flaky/1")).toMatchObject([{ number: 9, mergeableState: "dirty" }]);
  await forge.pullsByHead(REPO, "bot:ai/flaky/1");
  expect(server.seen.map(({ path }) => path).filter((path) => path.includes("?"))).toEqual([
    "/repos/acme/shop/pulls?head=acme:ai/flaky/1&state=all&per_page=10",
    "/repos/acme/shop/pulls?head=bot:ai/flaky/1&state=all&per_page=10",
  ]);
});

test("a branch that is up to date is not an error, one in conflict is", async () => {
  const words = ["There are no new commits on the base branch.", "merge conflict between base and head"];
  using server = serve((_, count) =>
    count > words.length
      ? Response.json({ message: "Updating pull request branch." }, { status: 202 })
      : Response.json({ message: words[count - 1] }, { status: 422 }),
  );
  const { forge } = connect(server.url);
  expect(await forge.updateBranch(REPO, NINE)).toBe(false);
  expect(await fault(forge.updateBranch(REPO, NINE))).toMatchObject({ status: 422 });
  expect(await forge.updateBranch(REPO, NINE)).toBe(true);
});

test("reviews and their comments keep state, place and thread", async () => {
  const comment = commentJson({ path: "a.ts", line: null, original_line: 4, diff_hunk: "@@" });
  using server = serve(({ path }) => {
    if (path.includes("/reviews"))
      return Response.json([{ id: 1, user: { login: "alice" }, state: "CHANGES_REQUESTED", body: "no" }]);
    return Response.json([comment, { ...comment, id: 71, line: 5, in_reply_to_id: 70 }]);
  });
  const { forge } = connect(server.url);
  expect(await forge.reviews(REPO, NINE)).toEqual([
    { id: 1, author: ALICE, state: "changes_requested", commit: null, body: "no", submittedAt: null },
  ]);
  expect(await forge.reviewComments(REPO, NINE)).toMatchObject([
    { id: 70, path: "a.ts", line: 4, diffHunk: "@@", replyTo: null },
    { id: 71, line: 5, replyTo: 70 },
  ]);
});

test("checks are GitHub's own and the statuses that others leave", async () => {
  using server = serve(({ path }) => {
    if (path.includes("/check-runs"))
      return Response.json({
        total_count: 2,
        check_runs: [
          { name: "unit", status: "completed", conclusion: "failure", html_url: "https://x/1" },
          { name: "lint", status: "waiting", conclusion: null, html_url: null },
        ],
      });
    const statuses = [
      { context: "prow", state: "error", target_url: "https://x/2" },
      { context: "dco", state: "pending", target_url: null },
    ];
    return Response.json({ url: "https://x", total_count: 2, state: "failure", statuses });
  });
  expect(await connect(server.url).forge.checks(REPO, SHA)).toEqual([
    { name: "unit", status: "completed", conclusion: "failure", url: "https://x/1" },
    { name: "lint", status: "queued", conclusion: null, url: "" },
    { name: "prow", status: "completed", conclusion: "failure", url: "https://x/2" },
    { name: "dco", status: "in_progress", conclusion: null, url: "" },
  ]);
});

test("a file is its text, a large one too; a folder and what is not there are null", async () => {
  using server = serve(({ path, headers }) => {
    if (headers.get("accept")?.includes("raw"))
      return new Response("läßt", {
        headers: { "content-type": "application/vnd.github.raw; charset=utf-8" },
      });
    if (path.includes("small"))
      return Response.json({ type: "file", encoding: "base64", content: btoa("hello\n") });
    if (path.includes("large")) return Response.json({ type: "file", encoding: "none", content: "" });
    if (path.includes("folder")) return Response.json([{ type: "file", name: "x" }]);
    return Response.json({ message: "Not Found" }, { status: 404 });
  });
  const { forge } = connect(server.url);
  const texts = ["src/small.ts", "large.ts", "folder", "nowhere"].map((path) =>
    forge.file(REPO, path, "main"),
  );
  expect(await Promise.all(texts)).toEqual(["hello\n", "läßt", null, null]);
});

test.each([
  ["ahead", true],
  ["identical", true],
  ["behind", false],
  ["diverged", false],
])("a ref that is %s of a commit contains it: %p", async (status, contained) => {
  using server = serve(() => Response.json({ status }));
  expect(await connect(server.url).forge.contains(REPO, Sha.parse(SHA), "main")).toBe(contained);
  expect(server.seen[0]?.path).toBe(`/repos/acme/shop/compare/${SHA}...main?per_page=1`);
});

test("commits that changed a file are read newest first, with who is known of them", async () => {
  const date = "2026-02-03T04:05:06Z";
  const commit = { message: "Split the queue\n\nIt grew.", author: { name: "Ann", date } };
  using server = serve(() =>
    Response.json([
      { sha: SHA, commit, author: { login: "ann" } },
      { sha: SHA, commit, author: {} },
      { sha: SHA, commit, author: null },
    ]),
  );
  const found = await connect(server.url).forge.commits(REPO, { path: "a b/c.go", ref: SHA, most: 8 });
  expect<unknown>(found[0]).toEqual({
    sha: SHA,
    author: "ann",
    at: new Date(date),
    title: "Split the queue",
  });
  expect(found.map(({ author }) => author)).toEqual(["ann", "Ann", "Ann"]);
  expect(server.seen.map(({ path }) => path)).toEqual([
    `/repos/acme/shop/commits?path=a b/c.go&sha=${SHA}&per_page=8`,
  ]);
});

test("where a repository has no drafts, the pull request is opened ready", async () => {
  const asked: unknown[] = [];
  using server = serve(({ body }) => {
    const draft = z.object({ draft: z.boolean() }).parse(body).draft;
    asked.push(draft);
    const message = "Draft pull requests are not supported in this repository.";
    return draft ? Response.json({ message }, { status: 422 }) : Response.json(pullJson(), { status: 201 });
  });
  const wanted = { title: "fix", body: "", head: "ai/flaky/1", base: "main", draft: true };
  expect(await connect(server.url).forge.createPull(REPO, wanted)).toMatchObject({ number: 9, draft: false });
  expect(asked).toEqual([true, false]);
  using other = serve(() => Response.json({ message: "No commits between main and x" }, { status: 422 }));
  expect(await fault(connect(other.url).forge.createPull(REPO, wanted))).toMatchObject({ status: 422 });
});

test("a draft becomes ready by GraphQL, and what is ready is left alone", async () => {
  let draft = true;
  using server = serve(({ path }) => {
    if (!path.includes("graphql")) return Response.json({ draft, node_id: "PR_9" });
    draft = false;
    return Response.json({ data: { markPullRequestReadyForReview: { pullRequest: { isDraft: false } } } });
  });
  const { forge } = connect(server.url);
  await forge.markReady(REPO, NINE);
  await forge.markReady(REPO, NINE);
  const asked = server.seen.filter(({ path }) => path.includes("graphql"));
  expect(asked).toHaveLength(1);
  expect(asked[0]?.body).toMatchObject({ variables: { id: "PR_9" } });
});

test("a merge names the head it is for; where squashing is not allowed, it is a merge commit", async () => {
  using server = serve(({ body }) =>
    JSON.stringify(body).includes("squash")
      ? Response.json({ message: "Squash merges are not allowed on this repository." }, { status: 405 })
      : Response.json({ sha: "c".repeat(40), merged: true, message: "merged" }),
  );
  const { forge } = connect(server.url);
  expect(String(await forge.mergePull(REPO, NINE, { head: Sha.parse(SHA) }))).toBe("c".repeat(40));
  expect(server.seen.map(({ body }) => body)).toEqual([
    { sha: SHA, merge_method: "squash" },
    { sha: SHA, merge_method: "merge" },
  ]);
});
