import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { World, type WorldOptions } from "../harness/world.ts";

setDefaultTimeout(120_000);

let world: World | null = null;
afterEach(async () => {
  await world?.close();
  world = null;
});

/** A world whose first flake is about to be found. */
async function beforeTheFind(options: WorldOptions = {}): Promise<World> {
  world = await World.start({ worker: false, ...options });
  await world.ci.fail("north", { pull: "glossary", author: "carol" });
  await world.ci.pass({ pull: "glossary" });
  return world;
}
const find = (on: World) => on.ci.fail("north", { pull: "crates", author: "bob" });

/** How many of each there are in what was said: of a finding that was filed, exactly one. */
const counts = (said: string) => ({
  issues: said.match(/^=== GitHub, issue #\d+$/gm)?.length ?? 0,
  analyses: said.match(/^### Cause$/gm)?.length ?? 0,
  cards: said.match(/^=== Slack, #flaky-tests$/gm)?.length ?? 0,
  notes: said.match(/one conversation/g)?.length ?? 0,
});
const ONE = { issues: 1, analyses: 1, cards: 1, notes: 1 };

test("GitHub answers 502 to reads and writes: nothing is lost, nothing twice", async () => {
  const on = await beforeTheFind();
  const { faults } = on.playground.github;
  faults.next({ match: { method: "GET", path: /\/jobs/ }, status: 502, times: 2 });
  faults.next({ match: { method: "POST", path: /\/issues$/ }, status: 502, times: 2 });
  faults.next({ match: { method: "POST", path: /\/comments$/ }, status: 502 });
  await find(on);
  expect(counts(await on.said())).toEqual(ONE);
});

test("GitHub limits writes: 403 with retry-after is waited out", async () => {
  const on = await beforeTheFind();
  const limited = {
    status: 403,
    headers: { "retry-after": "2" },
    body: JSON.stringify({ message: "You have exceeded a secondary rate limit. Please wait." }),
  };
  on.playground.github.faults.next({ match: { method: "POST", path: /\/issues$/ }, ...limited });
  const began = performance.now();
  await find(on);
  expect(counts(await on.said())).toEqual(ONE);
  expect(performance.now() - began).toBeGreaterThan(1900);
});

test("answers of writes that took effect get lost: each is found again by its mark", async () => {
  const on = await beforeTheFind();
  const { github, slack } = on.playground;
  github.faults.next({ match: { method: "POST", path: /\/issues$/ }, dropAfterCommit: true });
  github.faults.next({ match: { method: "POST", path: /\/comments$/ }, dropAfterCommit: true });
  slack.faults.next({ method: "chat.postMessage", dropAfterCommit: true, times: 2 });
  await find(on);
  expect(counts(await on.said())).toEqual(ONE);
});

test("Slack limits: 429 is waited out", async () => {
  const on = await beforeTheFind();
  on.playground.slack.faults.next({
    method: "chat.postMessage",
    error: "ratelimited",
    retryAfter: 1,
    times: 2,
  });
  await find(on);
  expect(counts(await on.said())).toEqual(ONE);
});

test("the model fails and talks nonsense: the issue and card are there, the analysis when it is back to its senses", async () => {
  const on = await beforeTheFind();
  on.playground.model?.faults.next({ status: 500, times: 3 });
  on.playground.model?.faults.next({ text: "Lorem ipsum, no JSON at all.", times: 1 });
  await find(on);
  expect(counts(await on.said())).toEqual(ONE);
});

test("a fixer that talks nonsense ends the task with a reason, and may be started again", async () => {
  const on = await beforeTheFind({ worker: true });
  await find(on);
  on.playground.model?.faults.next({ text: "I would rather write a poem.", times: 40 });
  await on.bob.clicks(1, "Approve fix");
  const { state, pull } = await on.finding(1);
  expect({ state, pull }).toEqual({ state: "failed", pull: 0 });
  expect(await on.said()).toContain("[ Try again ]");
});
