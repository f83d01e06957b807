import { afterAll, beforeAll, expect, test } from "bun:test";
import { systemClock } from "../../../src/kernel/clock.ts";
import { RepoName } from "../../../src/kernel/ids.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import { createGitHub } from "../../../src/outbound/github/index.ts";
import { FULL, REPO, type Stage, startStage } from "./world.ts";

const NAME = RepoName.parse(FULL);
let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ rateLimit: 12 });
  await stage.github.createRepository(FULL, { a: "a\n" });
});
afterAll(() => stage.stop());

async function ask(query: string, variables: object = {}, token: string | null = "token-rita") {
  const answer = await fetch(stage.github.apiUrl.replace("/v3", "/graphql"), {
    method: "POST",
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

const SEARCH = "query ($q: String!) { search(query: $q, type: ISSUE, first: 1) { issueCount } }";

test("faults are answered with 200 and GitHub's shape, and counted against an hour of its own", async () => {
  expect((await ask("{ search }", {}, null)).status).toBe(401);
  const unknown = await ask('{ search(query: "is:pr", type: ISSUE, first: 1) { colour } }');
  expect(unknown).toMatchObject({ status: 200, body: { errors: [{ locations: [{ line: 1 }] }] } });
  expect(unknown.headers.get("x-ratelimit-resource")).toBe("graphql");
  expect((await ask("{ search(")).body.errors[0].message).toContain("Syntax Error");
  const unpaged = await ask('{ search(query: "is:pr", type: ISSUE) { issueCount nodes { __typename } } }');
  expect(unpaged.body).toMatchObject({
    data: null,
    errors: [{ type: "MISSING_PAGINATION_BOUNDARIES", path: ["search"] }],
  });
  expect((await ask(SEARCH, { q: "is:pr colour:red" })).body.errors[0].type).toBe("UNPROCESSABLE");
  const left = (answer: { headers: Headers }) => Number(answer.headers.get("x-ratelimit-remaining"));
  for (let tries = 0; left(await ask(SEARCH, { q: "is:pr" })) > 0 && tries < 20; tries += 1);
  expect((await ask(SEARCH, { q: "is:pr" })).body).toMatchObject({ errors: [{ type: "RATE_LIMITED" }] });
  expect((await stage.as("rita").rest.repos.get(REPO)).status).toBe(200);
});

test("the product reads every page of pull requests and of their checks", async () => {
  const token = "token-bob";
  const tokens = { read: token, issue: token, code: token };
  const github = createGitHub({ apiUrl: stage.github.apiUrl, tokens, clock: systemClock, log: silentLog });
  const pages: number[] = [];
  const contexts = (from: number, count: number) =>
    Array.from({ length: count }, (_, nth) => ({
      ...{ __typename: "StatusContext", context: `suite ${from + nth}`, state: "FAILURE" },
      ...{ description: null, targetUrl: "https://ci.test/1" },
    }));
  const rollup = (from: number, count: number, more: boolean) => ({
    nodes: [
      {
        commit: {
          statusCheckRollup: {
            contexts: {
              pageInfo: { hasNextPage: more, endCursor: `c${from}` },
              nodes: contexts(from, count),
            },
          },
        },
      },
    ],
  });
  const pull = (number: number) => ({
    ...{
      __typename: "PullRequest",
      id: `P${number}`,
      number,
      title: "T",
      url: "https://g.test/1",
      isDraft: false,
    },
    ...{ updatedAt: "2026-03-01T12:00:00Z", headRefOid: "a".repeat(40), author: null, reviewDecision: null },
    ...{ repository: { nameWithOwner: FULL }, mergeable: "A_NEW_WORD", mergeStateStatus: "BEHIND" },
    latestOpinionatedReviews: { nodes: [{ state: "APPROVED" }] },
    commits: rollup(0, 100, number === 1),
  });
  const found = (nodes: unknown[], more: boolean) => {
    const body = {
      data: { search: { issueCount: 3, pageInfo: { hasNextPage: more, endCursor: "p" }, nodes } },
    };
    stage.github.faults.next({ match: { path: /graphql/ }, status: 200, body: JSON.stringify(body) });
    pages.push(nodes.length);
  };
  found([pull(1), null, { __typename: "Issue" }], true);
  const more = { data: { node: { commits: rollup(100, 7, false) } } };
  stage.github.faults.next({ match: { path: /graphql/ }, status: 200, body: JSON.stringify(more) });
  found([pull(2)], false);
  const listing = await github.forge.openPulls({ author: "bob", repos: [NAME], via: NAME });
  expect(listing.total).toBe(3);
  expect(listing.pulls.map(({ number, checks }) => [Number(number), checks.length])).toEqual([
    [1, 107],
    [2, 100],
  ]);
  expect(listing.pulls[0]).toMatchObject({ mergeable: "unknown", mergeState: "behind", review: "approved" });
});

test("what the token may not read is left out and said; what is no answer is a fault", async () => {
  const token = "token-bob";
  const tokens = { read: token, issue: token, code: token };
  const github = createGitHub({ apiUrl: stage.github.apiUrl, tokens, clock: systemClock, log: silentLog });
  const read = () => github.forge.openPulls({ author: "bob", repos: [NAME], via: NAME });
  const answer = (body: object) =>
    stage.github.faults.next({ match: { path: /graphql/ }, status: 200, body: JSON.stringify(body) });
  const none = {
    search: { issueCount: 1, pageInfo: { hasNextPage: false, endCursor: null }, nodes: [null] },
  };
  answer({ data: none, errors: [{ type: "FORBIDDEN", message: "not accessible", path: ["search"] }] });
  expect(await read()).toEqual({ pulls: [], total: 1, withheld: ["not accessible"] });
  answer({ data: null, errors: [{ type: "RATE_LIMITED", message: "exceeded" }] });
  await expect(read()).rejects.toMatchObject({ name: "TransientError", retryAfterMs: expect.any(Number) });
  answer({ errors: [{ message: "Field 'x' doesn't exist" }] });
  await expect(read()).rejects.toMatchObject({ name: "RefusedError" });
  answer({ data: { search: null } });
  await expect(read()).rejects.toMatchObject({ name: "TransientError" });
});
