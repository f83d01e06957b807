import { expect, setDefaultTimeout, test } from "bun:test";
import { openDatabase } from "../../db/client.ts";
import { ChildProduct } from "../harness/child-product.ts";
import { databaseOfSuite } from "../harness/database.ts";
import { openWork } from "../harness/quiet.ts";
import { until } from "../harness/until.ts";
import { type Harm, tellWholeStory } from "../harness/whole-story.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(300_000);
void [openDatabase, databaseOfSuite, openWork, until];

const every = (seconds: number) => `*/${seconds} * * * * *`;
const start = () =>
  World.start({
    ownProcess: true,
    settings: {
      schedule: { scan: every(3), sweep: every(1) },
      quiet: { runs: 2, days: 0 },
      prove: { runs: 20 },
    },
  });

async function told(harm: (world: World) => Harm): Promise<string> {
  const world = await start();
  try {
    await tellWholeStory(world, harm(world));
    await world.product.stop();
    return await world.everything();
  } finally {
    await world.close();
  }
}

test("killed at every step, it ends the same", async () => {
  console.time("a");
  const expected = await told(() => async (n) => {
    console.timeLog("a", n);
  });
  const t0 = Date.now();
  const ended = await told((world) => async (n) => {
    console.timeLog("a", n);
    if (!(world.product instanceof ChildProduct)) throw new Error("no process");
    await world.product.kill();
    await world.product.start();
  });
  console.log((Date.now() - t0) / 1000);
  expect(ended).toBe(expected);
});
