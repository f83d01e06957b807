import { afterAll, beforeAll, expect, test } from "bun:test";
import { verify } from "@octokit/webhooks-methods";
import { FULL, REPO, type Stage, startStage, statusOf } from "./world.ts";

interface Received {
  event: string | null;
  guid: string | null;
  genuine: boolean;
  title: string;
}

let stage: Stage;
let received: Received[] = [];
let answer = 202;
const app = Bun.serve({
  port: 0,
  fetch: async (request) => {
    const body = await request.text();
    const payload: unknown = JSON.parse(body);
    const { headers } = request;
    received.push({
      event: headers.get("x-github-event"),
      guid: headers.get("x-github-delivery"),
      genuine: await verify("s3cret", body, headers.get("x-hub-signature-256") ?? ""),
      title: titleOf(payload),
    });
    return new Response(null, { status: answer });
  },
});

const titleOf = (payload: unknown): string => /"title":"([^"]*)"/.exec(JSON.stringify(payload))?.[1] ?? "";
const create = (title: string) => stage.as("flaky-bot").rest.issues.create({ ...REPO, title });

beforeAll(async () => {
  stage = await startStage({ appUrl: () => app.url.origin, rateLimit: 200 });
  await stage.github.createRepository(FULL, { "README.md": "# Shop\n" });
});
afterAll(async () => {
  await stage.stop();
  await app.stop(true);
});

test("webhooks are signed, sent once, and sent again when asked", async () => {
  await create("first");
  await stage.github.idle();
  expect(received).toMatchObject([{ event: "issues", genuine: true, title: "first" }]);
  expect(stage.github.deliveries.at(-1)).toMatchObject({ event: "issues", action: "opened", status: 202 });
  answer = 500;
  await create("unwell");
  await stage.github.idle();
  expect(stage.github.deliveries.at(-1)?.status).toBe(500);
  expect(received).toHaveLength(2);
  answer = 202;
  stage.github.webhooks.redeliver(stage.github.deliveries.at(-1)?.id ?? 0);
  await stage.github.idle();
  expect(received).toHaveLength(3);
  expect(received[2]?.guid).toBe(received[1]?.guid ?? "");
});

test("webhooks can come twice and in the wrong order", async () => {
  received = [];
  stage.github.webhooks.duplicate = true;
  stage.github.webhooks.hold();
  await create("a");
  await create("b");
  stage.github.webhooks.release("last");
  await stage.github.idle();
  stage.github.webhooks.duplicate = false;
  expect(received.map(({ title }) => title)).toEqual(["b", "b", "a", "a"]);
});

test("a client that knows an answer gets 304 and pays nothing", async () => {
  const url = `${stage.github.apiUrl}/repos/${FULL}/issues`;
  const headers = { authorization: "Bearer token-rita" };
  const first = await fetch(url, { headers });
  const etag = first.headers.get("etag") ?? "";
  const left = first.headers.get("x-ratelimit-remaining");
  const same = await fetch(url, { headers: { ...headers, "if-none-match": etag } });
  expect(same.status).toBe(304);
  expect(same.headers.get("x-ratelimit-remaining")).toBe(left);
  await create("changes the list");
  expect((await fetch(url, { headers: { ...headers, "if-none-match": etag } })).status).toBe(200);
});

test("a failure is injected once, without effect", async () => {
  const before = (await stage.as("rita").rest.issues.listForRepo(REPO)).data.length;
  stage.github.faults.next({ match: { method: "POST", path: /\/issues$/ }, status: 502 });
  expect(await statusOf(create("lost"))).toBe(502);
  stage.github.faults.next({
    match: { method: "POST" },
    status: 403,
    headers: { "retry-after": "60", "x-ratelimit-remaining": "0" },
  });
  expect(await statusOf(create("limited"))).toBe(403);
  expect(await statusOf(create("fine"))).toBe(0);
  expect((await stage.as("rita").rest.issues.listForRepo(REPO)).data).toHaveLength(before + 1);
  expect(stage.github.requests().filter(({ status }) => status === 502)).toMatchObject([
    { method: "POST", path: `/api/v3/repos/${FULL}/issues`, login: "flaky-bot" },
  ]);
});

test("a connection dropped after the write leaves the write", async () => {
  stage.github.faults.next({ match: { method: "POST" }, dropAfterCommit: true });
  const headers = { authorization: "Bearer token-alice" };
  const body = JSON.stringify({ title: "arrived" });
  const lost = fetch(`${stage.github.apiUrl}/repos/${FULL}/issues`, { method: "POST", headers, body });
  await expect(lost).rejects.toThrow();
  const [newest] = (await stage.as("rita").rest.issues.listForRepo(REPO)).data;
  expect(newest?.title).toBe("arrived");
});

test("an hour's requests can be used up", async () => {
  const user = () => stage.as("bob").rest.users.getAuthenticated();
  while ((await statusOf(user())) === 0);
  const last = await fetch(`${stage.github.apiUrl}/user`, { headers: { authorization: "token token-bob" } });
  expect(last.status).toBe(403);
  expect(last.headers.get("x-ratelimit-remaining")).toBe("0");
  expect((await stage.as("bob").rest.rateLimit.get()).data.rate).toMatchObject({ limit: 200, remaining: 0 });
});
