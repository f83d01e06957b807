import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

let world: World;
beforeAll(async () => {
  world = await World.start({
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
