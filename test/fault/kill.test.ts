import { expect, setDefaultTimeout, test } from "bun:test";
import { databaseOfSuite } from "../harness/database.ts";
import { killer } from "../harness/killer.ts";
import { STEPS, tellWholeStory } from "../harness/whole-story.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(600_000);

const every = (seconds: number) => `*/${seconds} * * * * *`;
// on a shared database a successor waits for the leases of the dead to run out
const KILLS = Number(process.env.KILLS ?? (databaseOfSuite() === "pglite" ? 5 : 2));

test("killed in the middle of its steps, it ends as an undisturbed story does, and nothing is there twice", async () => {
  const schedule = { scan: every(3), sweep: every(1) };
  const world = await World.start({
    ownProcess: true,
    settings: { schedule, quiet: { runs: 2, days: 0 }, prove: { runs: 20 } },
  });
  try {
    await tellWholeStory(world, killer(world, { seed: 20_260_314, kills: KILLS, steps: STEPS }));
    await world.product.stop();
    // runs that passed since the text was last written stand in it where a start had it written once more
    const ended = (await world.everything()).replace(/ of \d+ comparable runs/g, " of <n> comparable runs");
    // taken from a story that nobody disturbed: KILLS=0 bun test test/fault/kill.test.ts --update-snapshots
    expect(ended).toMatchSnapshot();
    expect(ended.match(/^=== GitHub, issue #\d+$/gm)).toHaveLength(2); // its text and that it is closed
  } finally {
    await world.close();
  }
});
