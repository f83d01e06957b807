import { describe, expect, test } from "bun:test";
import { RefusedError, TransientError } from "../../../src/kernel/errors.ts";
import { IssueNumber, Login, PullNumber, RepoName, Sha } from "../../../src/kernel/ids.ts";
import { createGiteaIdentity } from "../../../src/outbound/gitea/identity.ts";
import { createGitea } from "../../../src/outbound/gitea/index.ts";
import { fault, serve, stoppedClock } from "./support.ts";

const REPO = RepoName.parse("acme/shop");
const SEVEN = IssueNumber.parse(7);
const NINE = PullNumber.parse(9);
const HEAD = Sha.parse("a".repeat(40));
const AT = "2026-02-28T10:00:00Z";
const TOKEN = "0123456789abcdef0123456789abcdef01234567";

const connect = (url: string) => createGitea({ url: `${url}/`, token: TOKEN, clock: stoppedClock() });
const issue = (number: number) => ({
  ...{ number, title: "it fails", body: "", state: "open", labels: [], user: { login: "alice" } },
  ...{ pull_request: null, created_at: AT, updated_at: AT, html_url: `https://gitea.example/i/${number}` },
});
const pull = (more: object = {}) => ({
  ...{ number: 9, title: "fix", html_url: "https://gitea.example/p/9", state: "open", updated_at: AT },
  ...{ head: { sha: HEAD, ref: "b" }, base: { ref: "main", sha: "c".repeat(40) }, mergeable: true, ...more },
});

describe("listings", () => {
  test.each([
    ["the next page is named", { link: '<https://elsewhere.example/?page=2>; rel="next"' }],
    ["only the total is told", { "x-total-count": "3" }],
  ])("%s", async (_, headers) => {
    using server = serve(({ path }) =>
      path.includes("page=1")
        ? Response.json([issue(3), issue(2)], { headers })
        : Response.json([issue(1)], { headers: { "x-total-count": "3" } }),
    );
    const listed = await connect(server.url).forge.issuesSince(REPO, new Date(0), null);
    expect(listed.map(({ number }) => Number(number))).toEqual([3, 2, 1]);
    // the address in `Link` is what Gitea believes its own to be, and is not followed
    expect(server.seen.map(({ path }) => path.replace(/.*(page=\d).*/, "$1"))).toEqual(["page=1", "page=2"]);
  });

  test("an empty one may be null; a label that nothing carries finds nothing", async () => {
    using server = serve(({ path }) => Response.json(path.includes("/comments") ? null : [issue(1)]));
    const { forge } = connect(server.url);
    expect(await forge.comments(REPO, SEVEN, null)).toEqual([]);
    expect(await forge.issuesSince(REPO, new Date(0), "flaky")).toEqual([]);
  });
});

describe("faults", () => {
  test.each([
    [403, "user should be an owner", RefusedError],
    [409, "head out of date", RefusedError],
    [405, "Please try again later", TransientError],
    [405, "not allowed to merge", RefusedError],
    [429, "slow down", TransientError],
    [500, "", TransientError],
  ])("%i %s", async (status, message, kind) => {
    using server = serve(({ method }) =>
      method === "GET" ? Response.json({}) : Response.json({ message }, { status }),
    );
    const error = await fault(connect(server.url).forge.mergePull(REPO, NINE, { head: HEAD }));
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toContain(`${status} ${message}`.trim());
    expect(error.message).not.toContain(TOKEN);
  });

  test("a page of a proxy, a foreign form and no answer pass", async () => {
    using server = serve(({ path }) =>
      path.endsWith("/7") ? new Response("<html>") : Response.json({ login: 3 }),
    );
    const { forge } = connect(server.url);
    expect(await fault(forge.issue(REPO, SEVEN))).toBeInstanceOf(TransientError);
    expect(await fault(forge.whoAmI(REPO))).toBeInstanceOf(TransientError);
    const nobody = connect("http://127.0.0.1:1").forge;
    expect(await fault(nobody.comment(REPO, SEVEN, "x"))).toBeInstanceOf(TransientError);
  });
});

test("labels are given by their ids, and made first where they are not there", async () => {
  using server = serve(({ method, path }) => {
    if (method === "POST" && path.endsWith("/repos/acme/shop/labels"))
      return Response.json({ id: 6, name: "new" }, { status: 201 });
    return Response.json(path.endsWith("/issues/7/labels") ? [] : [{ id: 5, name: "Flaky" }]);
  });
  const { forge } = connect(server.url);
  await forge.addLabels(REPO, SEVEN, ["flaky", "new"]);
  expect(server.seen.at(-1)?.body).toEqual({ labels: [5, 6] });
  await forge.removeLabel(REPO, SEVEN, "flaky");
  expect(server.seen.at(-1)?.method).toBe("GET");
});

test("a draft is a word of the title, which people do not see", async () => {
  using server = serve(({ method }) =>
    Response.json(pull({ title: "WIP: fix", draft: true }), { status: method === "POST" ? 201 : 200 }),
  );
  const { forge } = connect(server.url);
  const made = await forge.createPull(REPO, { title: "fix", body: "", head: "b", base: "main", draft: true });
  expect(made).toMatchObject({ title: "fix", draft: true, mergeableState: "clean" });
  expect(server.seen[0]?.body).toMatchObject({ title: "WIP: fix" });
  await forge.markReady(REPO, NINE);
  expect(server.seen.at(-1)).toMatchObject({ method: "PATCH", body: { title: "fix" } });
});

test("merged at that head, by a way that the repository allows", async () => {
  const merged = { state: "closed", merged: true, merge_commit_sha: "d".repeat(40) };
  using server = serve(({ method, path }) => {
    if (method === "POST") return new Response(null, { status: 200 });
    return Response.json(path.endsWith("/pulls/9") ? pull(merged) : { allow_squash_merge: false });
  });
  const sha = await connect(server.url).forge.mergePull(REPO, NINE, { head: HEAD, message: "why" });
  expect(sha).toBe(Sha.parse("d".repeat(40)));
  const sent = server.seen.find(({ method }) => method === "POST");
  expect(sent?.body).toEqual({ Do: "merge", head_commit_id: HEAD, MergeMessageField: "why" });
});

describe("reviews", () => {
  const line = (id: number, more: object) => ({
    ...{ id, body: `${id}`, user: { login: "alice" }, path: "a.ts", position: 4, original_position: 0 },
    ...{ created_at: AT, updated_at: AT, html_url: `https://gitea.example/c/${id}`, ...more },
  });
  const reviews = [
    { id: 1, state: "REQUEST_CHANGES", user: { login: "alice" }, commit_id: HEAD, comments_count: 2 },
    { id: 2, state: "REQUEST_REVIEW", user: { login: "bob" } },
    { id: 3, state: "APPROVED", user: { login: "carol" }, dismissed: true },
    { id: 4, state: "COMMENT", user: null, comments_count: 1 },
  ];
  const lines: Record<string, object[]> = {
    "1": [line(11, {}), line(12, { position: 0, original_position: 4 })],
    "4": [line(13, {})],
    "5": [line(14, {})],
  };
  const answer = (replies: boolean) =>
    serve(({ method, path }) => {
      const [, id] = /reviews\/(\d+)\/comments$/.exec(path) ?? [];
      if (id !== undefined) return Response.json(lines[id] ?? null);
      if (method === "GET") return Response.json(reviews);
      if (path.endsWith("/reviews")) return Response.json({ id: 5, state: "COMMENT", user: null });
      return replies ? Response.json(line(14, {}), { status: 201 }) : new Response(null, { status: 404 });
    });

  test("who said what; asking for one is none", async () => {
    using server = answer(true);
    const all = await connect(server.url).forge.reviews(REPO, NINE);
    expect(all.map(({ author, state }) => `${author} ${state}`)).toEqual([
      "alice changes_requested",
      "carol dismissed",
      "ghost commented",
    ]);
  });

  test("comments at one line are one talk, the old file's lines apart from the new one's", async () => {
    using server = answer(true);
    const all = await connect(server.url).forge.reviewComments(REPO, NINE);
    expect(all.map(({ id, line: at, replyTo }) => [id, at, replyTo])).toEqual([
      [11, 4, null],
      [12, 4, null],
      [13, 4, 11],
    ]);
  });

  test.each([
    [true, { body: "done" }],
    [false, { event: "COMMENT", comments: [{ path: "a.ts", body: "done", new_position: 4 }] }],
  ])("a reply, where there are replies: %p", async (replies, body) => {
    using server = answer(replies);
    const reply = await connect(server.url).forge.replyToReview(REPO, NINE, 11, "done");
    expect(reply.id).toBe(14);
    expect(server.seen.filter(({ method }) => method === "POST").at(-1)?.body).toEqual(body);
  });
});

test.each([
  ["owner", "admin"],
  ["admin", "admin"],
  ["write", "write"],
  ["read", "read"],
  ["none", "none"],
  ["strange", "none"],
])("right %s counts as %s", async (permission, right) => {
  using server = serve(() => Response.json({ permission }));
  expect(await connect(server.url).forge.permission(REPO, Login.parse("bob"))).toBe(right as "admin"); // of the table
});

test("addresses for people and for git", async () => {
  using server = serve(() =>
    Response.json({
      default_branch: "main",
      clone_url: "https://gitea.example/acme/shop.git",
      html_url: "https://gitea.example/acme/shop",
    }),
  );
  const { forge } = connect(server.url);
  const site = forge.site(REPO);
  expect(site.pullUrl(9)).toBe(`${server.url}/acme/shop/pulls/9`);
  expect(site.fileUrl("a b/c.ts", HEAD)).toBe(`${server.url}/acme/shop/src/commit/${HEAD}/a%20b/c.ts`);
  expect(await forge.gitUrl(REPO, "code")).toBe(
    `https://x-access-token:${TOKEN}@gitea.example/acme/shop.git`,
  );
  // whether it is open to all was not said
  expect((await forge.repository(REPO)).visibility).toBe("private");
});

test("without Actions there are no runs", async () => {
  using server = serve(() => new Response(null, { status: 404 }));
  const listed = await connect(server.url).ci.runs(REPO, { workflows: [], since: new Date(0) });
  expect(listed).toEqual({ runs: [], truncated: false });
});

describe("the pull request of a run", () => {
  const run = (id: number, path: string, sha: string, event = "pull_request") => ({
    ...{ id, path, event, run_attempt: 1, head_sha: sha, head_branch: "", status: "completed" },
    ...{
      conclusion: "failure",
      html_url: "https://gitea.example/r",
      actor: { login: "alice" },
      started_at: AT,
    },
  });
  const [OLD, NEW] = ["d".repeat(40), "a".repeat(40)];
  const PULL_9 = "test.yml@refs/pull/9/head";
  const OTHER = "test.yml@refs/heads/b";

  test("stands in its path, also when its commit is the head of none any more; else it is looked for, once a commit", async () => {
    using server = serve(({ path }) =>
      path.includes("/actions/runs")
        ? Response.json({
            workflow_runs: [
              ...[run(1, PULL_9, OLD), run(2, OTHER, NEW), run(3, OTHER, NEW), run(4, OTHER, OLD)],
              run(5, "test.yml@refs/heads/main", OLD, "push"),
            ],
            total_count: 5,
          })
        : Response.json([pull()]),
    );
    const { runs } = await connect(server.url).ci.runs(REPO, { workflows: ["test.yml"], since: new Date(0) });
    expect(runs.map(({ pull: of }) => of)).toEqual([NINE, NINE, NINE, null, null]);
    expect(server.seen.filter(({ path }) => path.includes("/pulls"))).toHaveLength(2);
  });
});

test("what is not mergeable may conflict, be a draft, or be looked at still", async () => {
  const old = "2020-01-01T00:00:00Z";
  const mine = (number: number, more: object) => pull({ number, user: { login: "dave" }, ...more });
  const open = [
    mine(1, { merge_base: "c".repeat(40) }),
    mine(2, { mergeable: false, updated_at: old }),
    mine(3, { mergeable: false, updated_at: stoppedClock().now().toISOString() }),
    mine(4, { mergeable: false, updated_at: old, title: "WIP: fix" }),
    mine(5, { merge_base: "d".repeat(40), user: { login: "erin" } }),
  ];
  using server = serve(({ path }) =>
    path.includes("/pulls?") ? Response.json(open) : Response.json(path.endsWith("/9") ? open[1] : []),
  );
  const { forge } = connect(server.url);
  expect((await forge.pull(REPO, NINE)).mergeableState).toBe("unmergeable");
  const listed = await forge.openPulls({ author: "dave", repos: [REPO], via: REPO });
  expect(
    Object.fromEntries(listed.pulls.map((one) => [one.number, `${one.mergeable}, ${one.mergeState}`])),
  ).toEqual({
    ...{ 1: "mergeable, clean", 2: "conflicting, dirty", 3: "unknown, unknown", 4: "unknown, draft" },
  });
});

describe("who somebody is", () => {
  const BACK = "https://flaky.example/signin/callback";
  const proving = (url: string) => {
    const application = { clientId: "app-1", clientSecret: "app-secret" };
    const { web } = createGiteaIdentity({ url: `${url}/`, ...application, clock: stoppedClock() });
    if (web === null) throw new Error("there is no web flow");
    return web;
  };

  test("the browser is sent with a state, and nothing but the login is asked for", () => {
    const address = new URL(proving("https://gitea.example").url("state-1", BACK));
    expect(`${address.origin}${address.pathname}`).toBe("https://gitea.example/login/oauth/authorize");
    expect(Object.fromEntries(address.searchParams)).toEqual({
      ...{ client_id: "app-1", redirect_uri: BACK, response_type: "code" },
      ...{ scope: "read:user", state: "state-1" },
    });
  });

  test("a code is changed for a token, which tells whose it is", async () => {
    using server = serve(({ path }) =>
      path === "/login/oauth/access_token"
        ? Response.json({ access_token: "t-1", token_type: "bearer" })
        : Response.json({ login: "alice", id: 4 }),
    );
    expect(String(await proving(server.url).login("code-1", BACK))).toBe("alice");
    const [asked, whose] = server.seen;
    expect(asked?.body).toEqual({
      ...{ client_id: "app-1", client_secret: "app-secret", grant_type: "authorization_code" },
      ...{ code: "code-1", redirect_uri: BACK },
    });
    expect([whose?.path, whose?.headers.get("authorization")]).toEqual(["/api/v1/user", "token t-1"]);
  });

  test("a code that is none is nobody; a fault is no answer, and tells no secret", async () => {
    const error = { error: "unauthorized_client", error_description: "client is not authorized" };
    using refuses = serve(() => Response.json(error, { status: 400 }));
    expect(await proving(refuses.url).login("code-1", BACK)).toBeNull();
    using ails = serve(() => new Response("<html>", { status: 502 }));
    for (const url of [ails.url, "http://127.0.0.1:1"]) {
      const failed = await fault(proving(url).login("code-1", BACK));
      expect(failed).toBeInstanceOf(TransientError);
      expect(failed.message).not.toContain("app-secret");
    }
  });
});
