import { openDatabase } from "../db/client.ts";
import { freshDatabase } from "../test/harness/database.ts";
import { ModelRelay } from "../test/harness/relay-model.ts";
import { ServiceRelay } from "../test/harness/relay-service.ts";
import { talk } from "../test/harness/relay-talk.ts";

/** `bun bench/relay.ts [first seed] [talks by the decisions alone] [talks on a database] [steps of each]`. */
const [first = 1, modelled = 100_000, stored = 500, steps = 60] = process.argv.slice(2).map(Number);

const fresh = await freshDatabase("pglite");
if ("url" in fresh) throw new Error("not the embedded database");
const database = await openDatabase({ url: null, dataDir: "memory://", ...fresh });
const runs = [
  ["by the decisions alone", modelled, (sides) => new ModelRelay(sides)],
  ["on the database", stored, (sides) => ServiceRelay.on(database.db, sides)],
] as const satisfies readonly (readonly [string, number, Parameters<typeof talk>[1]])[];

let wrong = 0;
for (const [how, count, relayOf] of runs) {
  const began = performance.now();
  let same = 0;
  for (let seed = first; seed < first + count; seed += 1) {
    const faults = await talk(seed, relayOf, steps).catch((error: unknown) => String(error));
    if (faults === "") same += 1;
    else process.stdout.write(`seed ${seed}: ${faults}\n`);
  }
  wrong += count - same;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stdout.write(`${same} of ${count} talks ${how} ended the same on both sides, ${seconds} s\n`);
}
await database.close();
process.exit(wrong === 0 ? 0 : 1);
