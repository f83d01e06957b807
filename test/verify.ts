import { availableParallelism } from "node:os";
import { join } from "node:path";
import { missingParts } from "./verify/machine.ts";
import { inPool } from "./verify/pool.ts";
import { Screen } from "./verify/screen.ts";
import { run, type Step } from "./verify/step.ts";
import { checks, install, testSteps } from "./verify/steps.ts";

/**
 * What CI runs: install, format, lint, types, structure, tests. No library is imported here, since none is
 * installed before the first step. With folders as arguments only their tests are run.
 */
async function verify(root: string, folders: string[]): Promise<number> {
  const screen = new Screen(process.stdout);
  const began = performance.now();
  const installed = await inPool([install(root)], 1, (step) => screen.during(step, run(step)));
  let results = installed;
  if (installed.every((result) => result.failed === 0)) {
    const tests = await testSteps(root, folders);
    const steps: Step[] = folders.length === 0 ? [...checks(root), ...tests] : tests;
    const lanes = Math.max(2, Math.min(4, availableParallelism()));
    results = [...installed, ...(await inPool(steps, lanes, (step) => screen.during(step, run(step))))];
  }
  const sum = (of: "passed" | "failed" | "skipped") => results.reduce((all, result) => all + result[of], 0);
  for (const result of results) if (result.failed > 0) screen.failure(result);
  screen.line(`took ${((performance.now() - began) / 1000).toFixed(0)} s`);
  if (sum("skipped") > 0) for (const line of missingParts()) screen.line(line);
  const skipped = sum("skipped") > 0 ? `, ${sum("skipped")} skipped` : "";
  screen.line(`${sum("passed")} passed, ${sum("failed")} failed${skipped}`);
  return sum("failed") === 0 && sum("passed") > 0 ? 0 : 1;
}

process.exit(await verify(join(import.meta.dir, ".."), process.argv.slice(2)));
