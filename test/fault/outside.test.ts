import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { sql } from "drizzle-orm";
import { DAY } from "../../src/kernel/clock.ts";
import { databaseOfSuite } from "../harness/database.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

const DESKS = ["gateway", "limited", "lost", "slowly", "nonsense", "babble", "poem", "gone"];

let world: World;
beforeAll(async () => {
  world = await World.start({ desks: DESKS });
  await world.ci.fail(DESKS, { pull: "first", author: "carol" });
  await world.ci.pass({ pull: "first" });
  await world.unheard();
});
afterAll(() => world.end());

/** Every desk's test failed once and passed: the next failure makes it a finding with an issue. */
const beforeTheFind = (desk: string) => () => world.ci.fail(desk, { pull: `${desk}-bob`, author: "bob" });

/** How many of each there are in what was said: of a finding that was filed, exactly one. */
const counts = (said: string) => ({
  issues: said.match(/^=== GitHub, issue #\d+$/gm)?.length ?? 0,
  analyses: said.match(/^### Cause$/gm)?.length ?? 0,
  cards: said.match(/^=== Slack, #flaky-tests$/gm)?.length ?? 0,
  notes: said.match(/is mirrored, under your name/g)?.length ?? 0,
});
const ONE = { issues: 1, analyses: 1, cards: 1, notes: 1 };

test("GitHub answers 502 to reads and writes: nothing is lost, nothing twice", async () => {
  const find = beforeTheFind("gateway");
  const { faults } = world.playground.github;
  faults.next({ match: { method: "GET", path: /\/jobs/ }, status: 502, times: 2 });
  faults.next({ match: { method: "POST", path: /\/issues$/ }, status: 502, times: 2 });
  faults.next({ match: { method: "POST", path: /\/comments$/ }, status: 502 });
  await find();
  expect(counts(await world.said())).toEqual(ONE);
});

test("GitHub limits writes: 403 with retry-after is waited out", async () => {
  const find = beforeTheFind("limited");
  const limited = {
    status: 403,
    headers: { "retry-after": "2" },
    body: JSON.stringify({ message: "You have exceeded a secondary rate limit. Please wait." }),
  };
  world.playground.github.faults.next({ match: { method: "POST", path: /\/issues$/ }, ...limited });
  const began = performance.now();
  await find();
  expect(counts(await world.said())).toEqual(ONE);
  expect(performance.now() - began).toBeGreaterThan(1900);
});

test("answers of writes that took effect get lost: each is found again by its mark", async () => {
  const find = beforeTheFind("lost");
  const { github, slack } = world.playground;
  github.faults.next({ match: { method: "POST", path: /\/issues$/ }, dropAfterCommit: true });
  github.faults.next({ match: { method: "POST", path: /\/comments$/ }, dropAfterCommit: true });
  slack.faults.next({ method: "chat.postMessage", dropAfterCommit: true, times: 2 });
  await find();
  expect(counts(await world.said())).toEqual(ONE);
});

test("Slack limits: 429 is waited out", async () => {
  const find = beforeTheFind("slowly");
  world.playground.slack.faults.next({
    method: "chat.postMessage",
    error: "ratelimited",
    retryAfter: 1,
    times: 2,
  });
  await find();
  expect(counts(await world.said())).toEqual(ONE);
});

test("the model fails and talks nonsense: the issue and card are there, the analysis when it is back to its senses", async () => {
  const find = beforeTheFind("nonsense");
  world.playground.model?.faults.next({ purpose: "analyse", status: 500, times: 3 });
  world.playground.model?.faults.next({ purpose: "analyse", text: "Lorem ipsum, no JSON at all.", times: 1 });
  await find();
  expect(counts(await world.said())).toEqual(ONE);
});

test("the model goes on talking nonsense: the issue stands without an analysis, and the model is left in peace", async () => {
  const find = beforeTheFind("babble");
  const { model } = world.playground;
  const asked = () => model?.requests.filter((request) => request.purpose === "analyse").length ?? 0;
  const before = asked();
  model?.faults.next({ purpose: "analyse", text: '{"cause": 7}', times: 4 });
  await find();
  expect(counts(await world.said())).toEqual({ ...ONE, analyses: 0 });
  // asked again by a sweep, it is told once more what is wrong; then not before another day
  for (let sweep = 0; sweep < 2; sweep += 1) await world.sweeps();
  expect(asked() - before).toBe(4);
  expect(await world.said()).toBe("");
  await world.later(DAY);
  expect(counts(await world.said())).toMatchObject({ issues: 0, analyses: 1 });
});

if (databaseOfSuite() === "postgres") {
  test("the database drops every connection: what comes after is worked on", async () => {
    const find = beforeTheFind("gone");
    await world.product.db?.execute(
      sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await find();
    expect(counts(await world.said())).toEqual(ONE);
  });
}

// the last one: what is left of its nonsense would meet whoever asks the model next
test("a fixer that talks nonsense ends the task with a reason, and may be started again", async () => {
  const find = beforeTheFind("poem");
  await find();
  world.playground.model?.faults.next({ purpose: "fix", text: "I would rather write a poem.", times: 40 });
  const number = await world.numberOf("poem");
  await world.bob.clicks(number, "Approve fix");
  const { state, pull } = await world.finding(number);
  expect({ state, pull }).toEqual({ state: "failed", pull: 0 });
  expect(await world.said()).toContain("[ Try again ]");
});
