import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { Someone } from "../../src/playground/actions.ts";
import { CHANNEL } from "../../src/playground/index.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(90_000);

/** Services outside fail now and then: what was to be written comes, once, and the next thing is not held up. */
let world: World;
let issue = 0;
beforeAll(async () => {
  world = await World.start({ worker: false });
});
afterAll(() => world.close());

const ISSUES = /\/issues$/;
const COMMENTS = /\/issues\/\d+\/comments$/;

const commentsOf = (of: World, number: number) =>
  new Someone(of.playground.github, "alice").commentsOf(number);

const commentsWith = async (text: string): Promise<number> => {
  await world.settled();
  return (await commentsOf(world, issue)).filter((body) => body.includes(text)).length;
};
const repliesWith = async (text: string): Promise<number> => {
  await world.settled();
  const thread = world.playground.slack.thread(CHANNEL.id, world.card(1).ts);
  return thread.filter((message) => message.text.includes(text)).length;
};

test("a model that answers nonsense, then fails, then answers: one analysis, and nothing waits for it", async () => {
  const { model } = world.playground;
  model?.faults.next({ text: "I would rather talk about the weather.", times: 1 });
  model?.faults.next({ status: 500, times: 1 });
  await world.ci.flake("north");
  issue = (await world.finding(1)).issue;
  expect(await commentsWith("### Cause")).toBe(1);
});

test("GitHub answers 502 and then takes the connection away after it wrote: the comment stands once", async () => {
  const { faults } = world.playground.github;
  faults.next({ match: { method: "POST", path: COMMENTS }, status: 502 });
  await world.bob.says("Is this the slow runner?", { thread: 1 });
  expect(await commentsWith("Is this the slow runner?")).toBe(1);
  faults.next({ match: { method: "POST", path: COMMENTS }, dropAfterCommit: true });
  await world.bob.says("It is not.", { thread: 1 });
  expect(await commentsWith("It is not.")).toBe(1);
});

test("GitHub limits us: the write waits as long as it says, and the one behind it comes after", async () => {
  const { faults } = world.playground.github;
  const headers = { "retry-after": "2" };
  faults.next({
    match: { method: "POST", path: COMMENTS },
    status: 403,
    headers,
    body: '{"message":"secondary rate limit"}',
  });
  const from = performance.now();
  await world.bob.says("First.", { thread: 1 });
  await world.bob.says("Second.", { thread: 1 });
  expect([await commentsWith("First."), await commentsWith("Second.")]).toEqual([1, 1]);
  expect(performance.now() - from).toBeGreaterThan(1900);
  const order = (await commentsOf(world, issue))
    .map((body) => /First\.|Second\./.exec(body)?.[0])
    .filter(Boolean);
  expect(order).toEqual(["First.", "Second."]);
});

test("Slack limits us, or takes the connection away after it posted: the message stands once", async () => {
  const { faults } = world.playground.slack;
  faults.next({ method: "chat.postMessage", error: "ratelimited", retryAfter: 1 });
  await world.carol.comments(issue, "Words from GitHub.");
  expect(await repliesWith("Words from GitHub.")).toBe(1);
  faults.next({ method: "chat.postMessage", dropAfterCommit: true });
  await world.carol.comments(issue, "More of them.");
  expect(await repliesWith("More of them.")).toBe(1);
});

test("the issue itself is filed once, though its answer was lost", async () => {
  const other = await World.start({ worker: false });
  try {
    other.playground.github.faults.next({ match: { method: "POST", path: ISSUES }, dropAfterCommit: true });
    await other.ci.flake("north");
    const { issue: filed } = await other.finding(1);
    const all = await new Someone(other.playground.github, "alice").issueTitles();
    expect(all.filter((title) => title.startsWith("[flaky]"))).toHaveLength(1);
    expect(filed).toBeGreaterThan(0);
  } finally {
    await other.close();
  }
});
