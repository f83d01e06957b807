import { expect, setDefaultTimeout, test } from "bun:test";
import { databaseOfSuite } from "../harness/database.ts";
import { killer } from "../harness/killer.ts";
import { type Harm, STEPS, tellWholeStory } from "../harness/whole-story.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(300_000);

const every = (seconds: number) => `*/${seconds} * * * * *`;
// on a shared database a successor waits for the leases of the dead to run out
const KILLS = databaseOfSuite() === "pglite" ? 8 : 2;

/** All that stands at the end of the story. */
async function told(harm: (world: World) => Harm): Promise<string> {
  const schedule = { scan: every(3), sweep: every(1) };
  const world = await World.start({
    ownProcess: true,
    settings: { schedule, quiet: { runs: 2, days: 0 }, prove: { runs: 20 } },
  });
  try {
    await tellWholeStory(world, harm(world));
    await world.product.stop();
    return await world.everything();
  } finally {
    await world.close();
  }
}

test("killed in the middle of its steps, it ends the same, and nothing is there twice", async () => {
  const undisturbed = await told(() => async () => {});
  const ended = await told((world) => killer(world, { seed: 20_260_314, kills: KILLS, steps: STEPS }));
  expect(ended).toBe(undisturbed);
  expect(ended.match(/^=== GitHub, issue #\d+$/gm)).toHaveLength(2); // its text and that it is closed
});
