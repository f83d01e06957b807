import { expect, test } from "bun:test";
import { join } from "node:path";
import { createExtractor } from "../../../src/features/failures/extract/engine.ts";
import { Extraction } from "../../../src/features/failures/model.ts";

const folder = join(import.meta.dir, "../../fixtures/logs");
/** Rounds for each log: enough that each is cut, mixed and broken in several ways, in a second for all. */
const ROUNDS = 3;

/** Numbers that look random and are the same in each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
}

test("mutated logs: an answer of the right form, whatever they hold", async () => {
  const logs = await Promise.all(
    [...new Bun.Glob("*.log").scanSync(folder)].sort().map((name) => Bun.file(join(folder, name)).bytes()),
  );
  const pick = numbers(7);
  for (const original of logs) {
    for (let round = 0; round < ROUNDS; round++) {
      const log = original.slice();
      for (let i = pick(60); i >= 0; i--) log[pick(log.length)] = pick(256);
      const from = pick(log.length);
      const other = logs[pick(logs.length)] ?? log;
      const extractor = createExtractor({ repo: "acme/store" });
      extractor.push(log.subarray(from));
      extractor.push(other.subarray(0, pick(other.length)));
      extractor.push(log.subarray(0, from));
      expect(Extraction.safeParse(extractor.end()).success).toBe(true);
    }
  }
});
