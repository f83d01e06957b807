import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

let world: World;
beforeAll(async () => {
  world = await World.start({ worker: false, desks: ["north", "east"] });
  await world.ci.flake("north");
  await world.name("north");
  await world.unheard();
});
afterAll(() => world.end());

test("whose pull request fails by a known flake alone hears so, once; edited when it passes", async () => {
  await world.ci.fail("north", { pull: "crates", author: "carol" }, [1, 2]);
  expect(await world.said()).toMatchSnapshot("told");
  await world.carol.pressesInMessage("pull.rerun");
  expect(await world.said()).toMatchSnapshot("run again, and failed again");
  await world.ci.pass({ pull: "crates" });
  expect(await world.said()).toMatchSnapshot("passed");
});

test("when something else fails as well nobody is told that it is not theirs", async () => {
  await world.ci.fail(["north", "east"], { pull: "boxes", author: "bob" });
  expect(await world.said()).toMatchSnapshot();
});

test("a comment on the pull request has it run again", async () => {
  const pull = await world.bob.plainly.pullFrom("boxes");
  await world.bob.comments(pull, "/flaky rerun");
  expect(await world.said()).toMatchSnapshot();
});
