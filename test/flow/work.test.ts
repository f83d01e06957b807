import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { until } from "../harness/until.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

let world: World;
beforeAll(async () => {
  world = await World.start({ worker: false, desks: ["north", "south", "east"] });
  await world.ci.flake(["north", "south"]);
  await world.name("north");
  await world.name("south");
  await world.ci.fail("east", { pull: "boxes", author: "carol" });
  await world.unheard();
});
afterAll(() => world.end());

const pullOf = (branch: string) => world.dave.plainly.pullFrom(branch);

test("who is not linked proves on GitHub who they are, and may then act", async () => {
  const asked = await world.erin.commands("link");
  const code = /`([A-Z0-9]{4}-[A-Z0-9]{4})`/.exec(asked)?.[1] ?? "";
  expect(code).not.toBe("");
  await world.erin.plainly.confirms(code);
  const linked = () => world.erin.whispers().some((text) => text.includes("on GitHub from now on"));
  await until("erin is linked", linked);
  await world.unheard();
  await world.erin.commands("whoami");
  expect(await world.said()).toMatchSnapshot();
});

test("who says they are somebody else is not linked", async () => {
  const code = /`([A-Z0-9]{4}-[A-Z0-9]{4})`/.exec(await world.dave.commands("link @alice"))?.[1] ?? "";
  expect(code).toBe(""); // dave is linked in the settings: that stands
  expect(await world.said()).toMatchSnapshot();
});

test("two findings become one", async () => {
  const [north, south] = [await world.numberOf("north"), await world.numberOf("south")];
  await world.dave.commands(`join F${north} F${south}`);
  expect(await world.said()).toMatchSnapshot("without the right");
  await world.carol.commands(`join F${north} F${south}`);
  expect(await world.said()).toMatchSnapshot("by somebody who may");
  await world.carol.commands(`join F${north} F${south}`);
  expect(await world.said()).toMatchSnapshot("again");
});

test("what failed on a pull request runs again, once", async () => {
  const pull = await pullOf("boxes");
  await world.dave.commands(`rerun ${pull}`);
  await world.carol.commands(`rerun ${pull} nonsense`);
  expect(await world.said()).toMatchSnapshot("refused");
  await world.carol.commands(`rerun ${pull}`);
  expect(await world.said()).toMatchSnapshot("runs again");
  await world.carol.commands(`rerun ${pull}`);
  expect(await world.said()).toMatchSnapshot("nothing is left");
  await world.carol.commands(`rerun ${pull} test`);
  await world.carol.commands(`rerun ${pull} test`);
  expect(await world.said()).toMatchSnapshot("by its comment");
  await world.carol.commands("rerun 9999");
  expect(await world.said()).toMatchSnapshot("no such pull request");
});

test("a branch is brought up to date by a committer", async () => {
  const pull = await pullOf("boxes");
  await world.carol.commands(`rebase ${pull}`);
  expect(await world.said()).toMatchSnapshot("without the right");
  await world.bob.commands(`rebase ${pull}`);
  expect(await world.said()).toMatchSnapshot("by a committer");
  await world.bob.commands(`rebase ${pull}`);
  expect(await world.said()).toMatchSnapshot("again at once");
});

test("any issue is started by a committer or by its author", async () => {
  const issue = await world.dave.plainly.opensIssue("Say when the desk opens", "The page does not say.");
  await world.settled();
  await world.unheard();
  await world.carol.commands(`start #${issue}`);
  expect(await world.said()).toMatchSnapshot("neither");
  await world.dave.commands(`start #${issue} only the page`);
  expect(await world.said()).toMatchSnapshot("its author");
  expect(await world.dave.plainly.bodyOf(issue)).toBe("The page does not say.");
  await world.bob.commands("start #9999");
  expect(await world.said()).toMatchSnapshot("no such issue");
});

test("the figures of a time", async () => {
  await world.dave.commands("stats 30d");
  await world.dave.commands("stats often");
  expect(await world.said()).toMatchSnapshot();
});
