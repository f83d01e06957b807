import { type FixRun, setGate } from "./context.ts";
import { valuesOfAll } from "./shell-line.ts";
import { isSameTest, runSuite, type SuiteRun } from "./test-run.ts";
import { runLine, type Tree } from "./trees.ts";

const COVERAGE_TOLERANCE = 0.5;

/** A tree with the change, and how to get one without it, which is made only when something is red. */
export interface Sides {
  changed: Tree;
  base: () => Promise<Tree>;
}

/** Why the change may not go on, for the fixer to read; null when the gate let it through. */
export type Objection = string | null;

/** All tests once; what fails is tried a second time, and what fails without the change too is not its fault. */
export async function testsGate(run: FixRun, sides: Sides): Promise<Objection> {
  const first = await runSuite(run, sides.changed);
  if (first.ok) return passed(run, "all passed", first);
  const again = await runSuite(run, sides.changed);
  if (again.ok) return passed(run, `passed on the second try; failed before: ${nameList(first)}`, first);
  const base = await runSuite(run, await sides.base());
  const fresh = newFailures(again, base);
  run.record.testsFailed = again.failed?.length ?? 1;
  run.record.labels.add("tests-failed");
  if (!base.ok && fresh.length === 0) {
    setGate(run, "tests", false, `failing without the change too: ${nameList(base)}`);
    return null;
  }
  setGate(run, "tests", false, `failing: ${fresh.join(", ") || nameList(again)}`);
  return `The test suite fails with your change (${fresh.join(", ") || nameList(again)}):\n${again.output.slice(-4000)}`;
}

function passed(run: FixRun, detail: string, result: SuiteRun): null {
  run.record.testsPassed = countPassed(result.output);
  run.record.testsFailed = 0;
  run.record.labels.delete("tests-failed");
  setGate(run, "tests", true, detail);
  return null;
}

const newFailures = (now: SuiteRun, base: SuiteRun): string[] =>
  (now.failed ?? []).filter((name) => !(base.failed ?? []).some((old) => isSameTest(name, old)));

const nameList = (result: SuiteRun): string =>
  result.failed === null || result.failed.length === 0 ? "names not readable" : result.failed.join(", ");

/** How many tests a runner says passed; null where it does not say. */
export function countPassed(output: string): number | null {
  const said = [...output.matchAll(/\b(\d{1,7}) pass(?:ed|ing)?\b/g)].at(-1)?.[1];
  if (said !== undefined) return Number(said);
  const lines = output.match(/^\s*--- PASS: /gm)?.length ?? 0;
  return lines > 0 ? lines : null;
}

/** The linter or type checker; red is the change's fault only when it was green, or less red, before. */
export async function commandGate(run: FixRun, sides: Sides, name: "lint" | "types"): Promise<Objection> {
  const line = run.input.toolchain[name];
  if (line === undefined) {
    setGate(run, name, true, "not configured");
    return null;
  }
  const label = name === "lint" ? "style-fix-needed" : "type-risk";
  const now = await runLine(run, sides.changed, line, valuesOfAll(run.input.test));
  const errors = now.exit === 0 ? 0 : countErrors(now.output);
  if (name === "lint") run.record.lintErrors = errors;
  else run.record.typeErrors = errors;
  if (now.exit === 0) {
    setGate(run, name, true, "no errors");
    run.record.labels.delete(label);
    return null;
  }
  const base = await runLine(run, await sides.base(), line, valuesOfAll(run.input.test));
  if (base.exit !== 0 && countErrors(base.output) >= errors) {
    setGate(run, name, true, `${errors} error(s), as without the change`);
    return null;
  }
  setGate(run, name, false, `${errors} error(s) with the change`);
  run.record.labels.add(label);
  return `\`${line}\` fails with your change:\n${now.output.slice(-4000)}`;
}

const countErrors = (output: string): number =>
  Math.max(1, output.split("\n").filter((line) => /\berror\b/i.test(line)).length);

/** Coverage before and after, as the command's last percentage says; it may fall by half a point. */
export async function coverageGate(run: FixRun, sides: Sides): Promise<Objection> {
  const line = run.input.toolchain.coverage;
  if (line === undefined) {
    setGate(run, "coverage", true, "not configured");
    return null;
  }
  const measure = async (tree: Tree) =>
    lastPercentage((await runLine(run, tree, line, valuesOfAll(run.input.test))).output);
  run.record.coverageBefore ??= await measure(await sides.base());
  const [before, after] = [run.record.coverageBefore, await measure(sides.changed)];
  run.record.coverageAfter = after;
  if (before === null || after === null) {
    setGate(run, "coverage", true, "not measured: the command prints no percentage");
    return null;
  }
  const ok = after >= before - COVERAGE_TOLERANCE;
  setGate(run, "coverage", ok, `${before} % before, ${after} % after`);
  if (ok) {
    run.record.labels.delete("coverage-risk");
    return null;
  }
  run.record.labels.add("coverage-risk");
  return `Coverage falls from ${before} % to ${after} % with your change.`;
}

function lastPercentage(output: string): number | null {
  const found = [...output.matchAll(/(\d{1,3}(?:\.\d+)?)\s*%/g)].at(-1)?.[1];
  return found === undefined ? null : Number(found);
}
