import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

let world: World;
beforeAll(async () => {
  world = await World.start({ desks: ["north", "south", "east"], worker: false });
});
afterAll(() => world.end());

const ALWAYS = [1, 2, 3, 4, 5];

test("a pull request that really breaks a test is not filed", async () => {
  const where = { pull: "round-down", author: "erin" };
  await world.ci.fail("north", where, ALWAYS);
  await world.ci.pass(where);
  await world.ci.fail("north", where, ALWAYS);
  expect(await world.said()).toBe("");
  await world.bob.commands(`explain F${await world.numberOf("north")}`);
  expect(await world.said()).toMatchSnapshot();
});

test("an outage is not filed", async () => {
  await world.ci.outage({ pull: "price-registry", author: "dave" });
  await world.ci.outage({ pull: "price-list", author: "bob" });
  expect(await world.said()).toBe("");
});

test("two flaky tests of one run are two findings", async () => {
  await world.ci.flake(["south", "east"]);
  const said = await world.said();
  const titles = said.match(/^\[flaky\] .*(?= — )/gm)?.sort();
  expect(titles).toEqual([
    "[flaky] notes the hour of the east carrier",
    "[flaky] notes the hour of the south carrier",
  ]);
  expect(said.match(/^=== Slack, #flaky-tests$/gm)).toHaveLength(2);
});

test("a scan of what is known finds nothing new", async () => {
  await world.alice.commands("scan");
  expect(await world.said()).toMatchSnapshot();
});

test("a restart says nothing again", async () => {
  await world.restart();
  expect(await world.said()).toBe("");
});
