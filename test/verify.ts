import { availableParallelism } from "node:os";
import { join } from "node:path";
import { missingParts, offerImage, offerPostgres } from "./verify/machine.ts";
import { idleAbove, inPool } from "./verify/pool.ts";
import { Screen } from "./verify/screen.ts";
import { type Result, run, type Step } from "./verify/step.ts";
import { checks, install, testSteps } from "./verify/steps.ts";

/** Steps at once: many wait for timers of the code they test, so two more than there are processors. */
const LANES = Math.min(4, availableParallelism() + 2);

/** More are begun while processors stand idle: the later steps wait more than they compute. */
const SPARE = { most: 2 * LANES, idle: idleAbove(0.2), everyMs: 2000 };

/**
 * What CI runs: install, format, lint, types, structure, tests. No library is imported here, since none is
 * installed before the first step. With folders as arguments only their tests are run, with what is installed.
 */
async function verify(root: string, folders: string[]): Promise<number> {
  const screen = new Screen(process.stdout);
  const began = performance.now();
  let results: Result[] = [];
  const work = async (steps: Step[], lanes: number) => {
    results = [...results, ...(await inPool(steps, lanes, (step) => screen.during(step, run(step)), SPARE))];
  };
  if (folders.length === 0) await work([install(root)], 1);
  if (results.every((result) => result.failed === 0)) {
    await offerPostgres(root);
    await offerImage(root);
    const others = folders.length === 0 ? checks(root) : [];
    await work([...others, ...testSteps(root, folders)], LANES);
  }
  const sum = (of: "passed" | "failed" | "skipped") => results.reduce((all, result) => all + result[of], 0);
  for (const result of results) if (result.failed > 0) screen.failure(result);
  screen.line(`took ${((performance.now() - began) / 1000).toFixed(0)} s`);
  if (sum("skipped") > 0) for (const line of missingParts()) screen.line(line);
  const skipped = sum("skipped") > 0 ? `, ${sum("skipped")} skipped` : "";
  screen.line(`${sum("passed")} passed, ${sum("failed")} failed${skipped}`);
  return sum("failed") === 0 && sum("passed") > 0 ? 0 : 1;
}

// what was started ends with this process, also when somebody stops it
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
process.exit(await verify(join(import.meta.dir, ".."), process.argv.slice(2)));
