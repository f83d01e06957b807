import { expect, test } from "bun:test";
import { RefusedError, TransientError } from "../../../src/kernel/errors.ts";
import { IssueNumber, Login, PullNumber } from "../../../src/kernel/ids.ts";
import { connect, issueJson, REPO, TOKENS } from "./github-support.ts";
import { fault, serve, stoppedClock } from "./support.ts";

const SEVEN = IssueNumber.parse(7);
const SEVEN_PULL = PullNumber.parse(7);

test("a read is sent with the tag of the answer before, and 304 gives that answer again", async () => {
  using server = serve(({ headers }) => {
    const rate = { "x-ratelimit-limit": "5000", "x-ratelimit-remaining": "4999" };
    if (headers.get("if-none-match") === '"v1"')
      return new Response(null, { status: 304, headers: { etag: '"v1"', ...rate } });
    return Response.json(issueJson(), { headers: { etag: '"v1"', ...rate } });
  });
  const { forge } = connect(server.url);
  const first = await forge.issue(REPO, SEVEN);
  const second = await forge.issue(REPO, SEVEN);
  expect(second).toEqual(first);
  expect(first).toMatchObject({ number: 7, body: "", author: "alice", labels: ["bug"], isPull: false });
  expect(server.seen.map(({ headers }) => headers.get("if-none-match"))).toEqual([null, '"v1"']);
});

test("a read is tried three times when a gateway fails, then it is for the caller to wait", async () => {
  using server = serve((_, count) =>
    count === 3 ? Response.json(issueJson()) : new Response("<html>bad gateway", { status: 502 }),
  );
  const clock = stoppedClock();
  const { forge } = connect(server.url, clock);
  expect(await forge.issue(REPO, SEVEN)).toMatchObject({ number: 7 });
  expect(clock.slept).toHaveLength(2);

  using down = serve(() => new Response("<html>bad gateway", { status: 502 }));
  const error = await fault(connect(down.url).forge.issue(REPO, SEVEN));
  expect(error).toBeInstanceOf(TransientError);
  expect(error.message).toBe("GET /repos/acme/shop/issues/7: 502 <html>bad gateway");
  expect(down.seen).toHaveLength(3);
});

test("nothing that makes something is sent twice", async () => {
  using server = serve(() => new Response("", { status: 503 }));
  const { forge } = connect(server.url);
  const issue = { title: "t", body: "b", labels: [] };
  expect(await fault(forge.createIssue(REPO, issue))).toBeInstanceOf(TransientError);
  expect(server.seen).toHaveLength(1);
  server[Symbol.dispose]();
  const gone = await fault(forge.createIssue(REPO, issue));
  expect(gone).toBeInstanceOf(TransientError);
  expect(gone.message).toStartWith("POST /repos/acme/shop/issues: ");
});

test("a server that does not answer in time is a passing fault, and is not waited for again", async () => {
  using server = serve(() => new Promise(() => {}));
  const { forge } = connect(server.url, stoppedClock(), { requestMs: 30, logIdleMs: 30 });
  const error = await fault(forge.issue(REPO, SEVEN));
  expect(error).toBeInstanceOf(TransientError);
  expect(error.message).toContain("timed out");
  expect(server.seen).toHaveLength(1);
});

test("a connection that breaks within the answer is not an empty answer", async () => {
  using server = serve(() => {
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"number":')),
      pull: (controller) => controller.error(undefined),
    });
    return new Response(body, { headers: { "content-type": "application/json" } });
  });
  expect(await fault(connect(server.url).forge.issue(REPO, SEVEN))).toBeInstanceOf(TransientError);
});

test.each([
  ["retry-after in seconds", 429, { "retry-after": "17" }, 17_000],
  ["retry-after as a date", 403, { "retry-after": "Sun, 01 Mar 2026 12:00:30 GMT" }, 30_000],
  ["the hour is used up", 403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1772367000" }, 600_000],
  ["429 without a word", 429, {}, 60_000],
])("limited, %s", async (_, status, headers, wait) => {
  using server = serve(() => Response.json({ message: "slow down" }, { status, headers }));
  const error = await fault(connect(server.url).forge.issue(REPO, SEVEN));
  expect(error).toBeInstanceOf(TransientError);
  expect(error).toMatchObject({ retryAfterMs: wait });
});

test("the second limit is known by its words when no header tells", async () => {
  const message = "You have exceeded a secondary rate limit. Please wait a few minutes.";
  using server = serve(() => Response.json({ message }, { status: 403 }));
  expect(await fault(connect(server.url).forge.issue(REPO, SEVEN))).toMatchObject({ retryAfterMs: 60_000 });
});

test.each([401, 403, 404, 410, 422])("%d is a refusal with GitHub's words", async (status) => {
  const errors = [{ resource: "Issue", field: "title", code: "missing_field" }];
  using server = serve(() =>
    Response.json({ message: "No", errors }, { status, headers: { "x-ratelimit-remaining": "12" } }),
  );
  const error = await fault(connect(server.url).forge.issue(REPO, SEVEN));
  expect(error).toBeInstanceOf(RefusedError);
  expect(error).toMatchObject({ status });
  expect(error.message).toBe(`GET /repos/acme/shop/issues/7: ${status} No; Issue title missing_field`);
});

test("no error holds a token, even when the server sends it back", async () => {
  using server = serve(({ headers }) =>
    Response.json({ message: `Bad credentials: ${headers.get("authorization")}` }, { status: 401 }),
  );
  const error = await fault(connect(server.url).forge.issue(REPO, SEVEN));
  expect(Bun.inspect(error)).not.toContain(TOKENS.read);
  expect(error.message).toContain("[redacted");
});

test("a page that is not GitHub's is a passing fault, for one thing and for a listing", async () => {
  using server = serve(() => new Response("<html>login", { headers: { "content-type": "text/html" } }));
  const { forge } = connect(server.url);
  expect(await fault(forge.issue(REPO, SEVEN))).toBeInstanceOf(TransientError);
  expect(await fault(forge.comments(REPO, SEVEN, null))).toBeInstanceOf(TransientError);
  using odd = serve(() => Response.json({ number: "seven" }));
  const error = await fault(connect(odd.url).forge.issue(REPO, SEVEN));
  expect(error).toBeInstanceOf(TransientError);
  expect(error.message).toStartWith("issue acme/shop#7: the answer is not in the expected form (number");
});

test("each call takes the token that is for it", async () => {
  using server = serve(({ path }) => Response.json(path === "/user" ? { login: "bot" } : issueJson()));
  const { forge } = connect(server.url);
  await forge.issue(REPO, SEVEN);
  await forge.createIssue(REPO, { title: "t", body: "b", labels: [] });
  await forge.requestReview(REPO, SEVEN_PULL, [Login.parse("alice")]);
  expect(await forge.whoAmI(REPO)).toBe(Login.parse("bot"));
  expect(server.seen.map(({ headers }) => headers.get("authorization"))).toEqual(
    [TOKENS.read, TOKENS.issue, TOKENS.code, TOKENS.issue].map((token) => `token ${token}`),
  );
});

test("rate is the scarcest of the credentials until its hour is over", async () => {
  const reset = Date.parse("2026-03-01T12:30:00Z") / 1000;
  using server = serve(({ method }) =>
    Response.json(issueJson(), {
      headers: {
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": method === "GET" ? "4000" : "4900",
        "x-ratelimit-reset": String(reset),
        "x-ratelimit-resource": "core",
      },
    }),
  );
  const clock = stoppedClock();
  const github = connect(server.url, clock);
  expect(github.rate()).toBeNull();
  await github.forge.issue(REPO, SEVEN);
  await github.forge.createIssue(REPO, { title: "t", body: "b", labels: [] });
  expect(github.rate()).toEqual({ limit: 5000, remaining: 4000, resetAt: new Date(reset * 1000) });
  clock.at = new Date("2026-03-01T12:31:00Z");
  expect(github.rate()).toBeNull();
});
