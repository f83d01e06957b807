import { killer } from "../test/harness/killer.ts";
import { STEPS, tellWholeStory } from "../test/harness/whole-story.ts";
import { World } from "../test/harness/world.ts";

/** `bun bench/kills.ts [first seed] [stories] [kills]`: the story again and again, killed elsewhere each time. */
const [first = 1, stories = 10, kills = 8] = process.argv.slice(2).map(Number);
const schedule = { scan: "*/3 * * * * *", sweep: "*/1 * * * * *" };
const settings = { schedule, quiet: { runs: 2, days: 0 }, prove: { runs: 20 } };

async function tell(seed: number | null): Promise<string> {
  const world = await World.start({ ownProcess: true, settings });
  try {
    const harm = seed === null ? async () => {} : killer(world, { seed, kills, steps: STEPS });
    await tellWholeStory(world, harm);
    await world.product.stop();
    return await world.everything();
  } finally {
    await world.close();
  }
}

const undisturbed = await tell(null);
let same = 0;
for (let seed = first; seed < first + stories; seed += 1) {
  const began = performance.now();
  const ended = await tell(seed).catch((error: unknown) => String(error));
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  if (ended === undisturbed) same += 1;
  else await Bun.write(`kills-${seed}.log`, `${undisturbed}\n\n######## ended\n\n${ended}`);
  process.stdout.write(`seed ${seed}: ${ended === undisturbed ? "the same" : "another"} end, ${seconds} s\n`);
}
process.stdout.write(`${same} of ${stories} stories, killed ${kills} times each, ended the same\n`);
process.exit(same === stories ? 0 : 1);
