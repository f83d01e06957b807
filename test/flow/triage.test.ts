import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { HOUR } from "../../src/kernel/clock.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

let world: World;
beforeAll(async () => {
  world = await World.start({
    desks: ["north", "south"],
    worker: false,
    settings: { bar: { sightings: 1, confidence: 0.9, triage: true } },
  });
});
afterAll(() => world.end());

const labels = (said: string): string[] =>
  /^=== GitHub, labels of #\d+(?: \(edited\))?\n((?:.+\n)+)/m.exec(said)?.[1]?.trim().split("\n") ?? [];

test("below the bar an issue is filed for triage, and does not claim more", async () => {
  await world.ci.fail("north", { pull: "early", author: "carol" });
  const said = await world.said();
  expect(labels(said)).toEqual(["flaky-test-cleaner/ai-managed", "flaky-test-cleaner/needs-triage"]);
  expect(said).toContain("the evidence does not settle yet whether it is flaky");
});

test("once it passes the bar its label is exchanged, and its text edited", async () => {
  await world.ci.pass({ pull: "early" });
  await world.ci.fail("north", { pull: "late", author: "bob" });
  const said = await world.said();
  expect(labels(said)).toEqual(["- flaky-test-cleaner/needs-triage", "+ flaky-test-cleaner/flaky-test"]);
  expect(said).toContain("fails now and then without a change to blame");
  expect(said).not.toMatch(/^=== GitHub, comment on #\d+\n(?!What \[failed|At `)/m);
});

test("an issue that GitHub refused is filed once the cause is gone, and once only", async () => {
  const off = {
    status: 410,
    body: JSON.stringify({ message: "Issues has been disabled in this repository." }),
  };
  world.playground.github.faults.next({ match: { method: "POST", path: /\/issues$/ }, ...off, times: 2 });
  await world.ci.fail("south", { pull: "refused", author: "dave" });
  expect(await world.said()).toBe("");

  const asked = () => world.playground.github.requests().filter(({ status }) => status === 410).length;
  expect(asked()).toBe(1);
  for (const [later, times] of [
    [5 * HOUR, 1],
    [2 * HOUR, 2],
  ] as const) {
    await world.later(later);
    expect([asked(), await world.said()]).toEqual([times, ""]);
  }

  await world.later(7 * HOUR);
  const said = await world.said();
  expect(said.match(/^=== GitHub, issue #\d+$/gm)).toHaveLength(1);
  expect(said).toContain("notes the hour of the south carrier");
  expect((await world.finding(await world.numberOf("south"))).states).toEqual(["new", "open"]);

  await world.later(7 * HOUR);
  await world.restart();
  expect(await world.said()).toBe("");
});
