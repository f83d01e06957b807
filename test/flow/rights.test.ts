import { expect, setDefaultTimeout, test } from "bun:test";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

test("a right that was taken away between the yes and the start stops the task", async () => {
  const world = await World.start();
  await world.ci.flake("north");
  await world.alice.commands("pause");
  await world.bob.clicks(1, "Approve fix");
  world.bob.may("read");
  await world.unheard();
  await world.alice.commands("resume");
  expect(await world.said()).toMatchSnapshot();
  const { state, pull } = await world.finding(1);
  expect({ state, pull }).toEqual({ state: "failed", pull: 0 });
  await world.end();
});
