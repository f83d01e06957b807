import { type FixRun, rulesOf, setGate } from "./context.ts";
import { parseDiff, testsOnly } from "./gates/index.ts";
import { valuesOfAll } from "./shell-line.ts";
import { isSameTest, runSuite, type SuiteRun, suiteLine } from "./test-run.ts";
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
export async function testsGate(run: FixRun, sides: Sides, patch: string): Promise<Objection> {
  if (suiteLine(run) === null) {
    setGate(run, "tests", true, "not configured");
    return null;
  }
  const first = await runSuite(run, sides.changed);
  if (first.ok) return passed(run, "all passed", first);
  const again = await runSuite(run, sides.changed);
  if (again.ok) return passed(run, `passed on the second try; failed before: ${nameList(first)}`, first);
  const base = await runSuite(run, await sides.base());
  const fresh = newFailures(again, base);
  run.record.testsFailed = again.failed?.length || (countFailed(again.output) ?? 1);
  run.record.testsPassed = countPassed(again.output);
  run.record.labels.add("tests-failed");
  if (!base.ok && fresh.length === 0) {
    setGate(run, "tests", false, `failing without the change too: ${nameList(base)}`);
    return null;
  }
  const names = fresh.join(", ") || nameList(again);
  setGate(run, "tests", false, `failing: ${names}`);
  run.record.trace = again.output;
  return mayFail(run, patch, names)
    ? null
    : `The test suite fails with your change (${names}):\n${again.output.slice(-4000)}`;
}

/** Failing tests that stay: where the task says that tests need not pass, or that new ones may show a fault. */
function mayFail(run: FixRun, patch: string, names: string): boolean {
  const { allTestsPass, keepFailing } = rulesOf(run);
  // any other change may have made the failure itself
  if (keepFailing && testsOnly(parseDiff(patch))) {
    run.record.labels.add("potential-bug");
    run.record.notes.push(`Kept although failing, since it may show a fault of the product: ${names}.`);
    return true;
  }
  return !allTestsPass;
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
  const lines = output.match(/^\s*--- PASS: /gm)?.length ?? 0;
  return said(output, "pass(?:ed|ing)?") ?? totalless(output) ?? (lines > 0 ? lines : null);
}

/** How many tests a runner says failed; null where it does not say. */
export function countFailed(output: string): number | null {
  const lines = output.match(/^\s*--- FAIL: /gm)?.length ?? 0;
  return said(output, "fail(?:ed|ing|ures?)?") ?? (lines > 0 ? lines : null);
}

/** `5 passed` and the like, or TAP's `# pass 5`; runners of several parts (cargo) say it for each. */
function said(output: string, word: string): number | null {
  const cargo = [...output.matchAll(new RegExp(`^test result: .*?\\b(\\d{1,7}) ${word}\\b`, "gm"))];
  if (cargo.length > 0) return cargo.reduce((sum, found) => sum + Number(found[1]), 0);
  const found = [...output.matchAll(new RegExp(`\\b(\\d{1,7}) ${word}\\b|^# ${word} (\\d{1,7})$`, "gm"))].at(
    -1,
  );
  return found === undefined ? null : Number(found[1] ?? found[2]);
}

/** Runners that name the sum and what failed of it: Surefire, and Python's unittest where all passed. */
function totalless(output: string): number | null {
  const surefire = [...output.matchAll(/Tests run: (\d+), Failures: (\d+), Errors: (\d+)/g)].at(-1);
  if (surefire !== undefined) {
    const [, all, failures, errors] = surefire;
    return Number(all) - Number(failures) - Number(errors);
  }
  const all = /^Ran (\d+) tests?\b[\s\S]*^OK\b/m.exec(output)?.[1];
  return all === undefined ? null : Number(all);
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
  run.record.trace = now.output;
  if (name === "types" && !rulesOf(run).noNewTypeErrors) return null;
  return `\`${line}\` fails with your change:\n${now.output.slice(-4000)}`;
}

/** What a checker says it found, or the lines that speak of an error; at least one, since it was red. */
export function countErrors(output: string): number {
  const said = [...output.matchAll(/\bFound (\d+) errors?\b|\b(\d+) (?:errors?|problems?)\b/g)].at(-1);
  const lines = output.split("\n").filter((line) => /\berror\b/i.test(line)).length;
  return Math.max(1, said === undefined ? lines : Number(said[1] ?? said[2]));
}

/**
 * Coverage before and after. No batch may take away from what was there before it, and the change as a whole has to
 * reach what the task asks for; half a point is tolerated, since runs differ.
 */
export async function coverageGate(run: FixRun, sides: Sides): Promise<Objection> {
  const line = run.input.toolchain.coverage;
  if (line === undefined) {
    setGate(run, "coverage", true, "not configured");
    return null;
  }
  const measure = async (tree: Tree) =>
    coverageOf((await runLine(run, tree, line, valuesOfAll(run.input.test))).output);
  const { record } = run;
  record.coverageBefore ??= await measure(await sides.base());
  const [first, after] = [record.coverageBefore, await measure(sides.changed)];
  record.coverageAfter = after;
  if (first === null || after === null) {
    setGate(run, "coverage", true, "not measured: the command prints no percentage");
    return null;
  }
  const { minCoverageDelta, batch } = rulesOf(run);
  const before = record.coverageKept ?? first;
  // of several batches none alone has to bring all that is asked for
  const wanted = batch === "all" ? minCoverageDelta : Math.min(0, minCoverageDelta);
  const ok = after >= before + wanted - COVERAGE_TOLERANCE;
  setGate(run, "coverage", ok, `${before} % before, ${after} % after`);
  if (ok) {
    record.labels.delete("coverage-risk");
    return null;
  }
  record.labels.add("coverage-risk");
  const asked = wanted > 0 ? `; the task asks for ${wanted} points more` : "";
  return `Coverage goes from ${before} % to ${after} % with your change${asked}.`;
}

/** The table's or the sum's line where there is one, the mean of Go's packages, else the last percentage. */
export function coverageOf(output: string): number | null {
  const lines = output.split("\n");
  const head = lines.find((line) => /^\s*File\s*\|.*% Lines/.test(line))?.split("|");
  const row = lines.findLast((line) => /^\s*All files\s*\|/.test(line))?.split("|");
  const column = head?.findIndex((cell) => cell.includes("% Lines")) ?? -1;
  const cell = Number.parseFloat(row?.[column] ?? "");
  if (!Number.isNaN(cell)) return cell;
  const sum = lines.findLast((line) => /^\s*(?:TOTAL|total:)/.test(line) && line.includes("%"));
  const go = [...output.matchAll(/coverage: (\d{1,3}(?:\.\d+)?)% of statements/g)].map((found) =>
    Number(found[1]),
  );
  if (sum === undefined && go.length > 0)
    return Math.round((go.reduce((all, one) => all + one, 0) / go.length) * 100) / 100;
  const found = [...(sum ?? output).matchAll(/(\d{1,3}(?:\.\d+)?)\s*%/g)].at(-1)?.[1];
  return found === undefined ? null : Number(found);
}
