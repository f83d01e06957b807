import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

let world: World;
beforeAll(async () => {
  world = await World.start({ worker: false });
  await world.ci.flake("north");
  await world.unheard();
});
afterAll(() => world.end());

const ANSWERED = [
  "help",
  "help approve",
  "",
  "list",
  "list open",
  "list nonsense",
  "show F1",
  "show 3",
  "explain F1",
  "whoami",
  "aprove F1",
  "dance",
  "show",
  "show 999",
  "show F77",
  "approve north",
  "show F1 and more",
  "tasks",
  "workers",
  "fix F1",
  "address F1",
  "mute F1 soon",
  "cancel F1",
  "cancel nonsense",
];

for (const words of ANSWERED) {
  test(`/flaky ${words}`, async () => {
    await world.dave.commands(words);
    expect(await world.said()).toMatchSnapshot();
  });
}

test("who is not linked may look, and learns so from whoami", async () => {
  await world.erin.commands("whoami");
  await world.erin.commands("list");
  expect(await world.said()).toMatchSnapshot();
});

test("in a finding's thread the number may be left out", async () => {
  await world.dave.says("@flaky explain", { thread: 1 });
  await world.dave.says("@flaky approve", { thread: 1 });
  expect(await world.said()).toMatchSnapshot();
});
