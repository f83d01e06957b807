import type { Stress } from "../../../kernel/stress.ts";
import type { SandboxResult } from "../../../ports/sandbox.ts";
import type { FixTest } from "../model.ts";
import { type FixRun, TaskEnd } from "./context.ts";
import { failedOtherwise } from "./same-failure.ts";
import { fillLine, valuesOf, valuesOfAll } from "./shell-line.ts";
import { stressed } from "./stress.ts";
import { runLine, type Tree } from "./trees.ts";

export const RUN_MS = 10 * 60_000;

/** One run of the test's line. */
export interface TestRun {
  failed: boolean;
  /** Signature of a failure that is another one than that which was reported; null where it is, or is not told. */
  otherwise: string | null;
  /** Nothing matched, as the program says, or the program is not there: neither a pass nor a failure. */
  ranNothing: boolean;
  /**
   * Under stress alone, where it says nothing of the test: `killed` for a limit of the sandbox, which the stress may
   * have led to; `unread` where the harness as it was changed ran no test by name, or could not run.
   */
  lost: "killed" | "unread" | null;
  output: string;
  ms: number;
  /** What a person adds to have this run's order again; null where nothing was drawn. */
  repeat: string | null;
}

/** The stress of one run, its number among those under it, and how long it may take. */
export interface Under {
  stress: Stress;
  turn: number;
  timeoutMs: number;
}

const NOTHING_RAN =
  /\bno tests to run\b|\bmatched 0 tests\b|\bcollected 0 items\b|\bno tests (?:ran|found|were found)\b|\bNo test files found\b|\b0 tests? (?:ran|executed)\b|\bRan 0 tests?\b|^[= ]*\d+ deselected in /im;

/** Runs the failing test once; a hang of a plain run counts as a failure. */
export async function runTest(
  run: FixRun,
  tree: Tree,
  test: FixTest,
  under: Under | null = null,
): Promise<TestRun> {
  const { all, harness, says, repeat, beside, ...how } =
    under === null ? {} : (stressed(run, test, under.stress, under.turn) ?? {});
  const values = all ? valuesOfAll(test) : valuesOf(test, 1);
  const timeoutMs = Math.min(RUN_MS, under?.timeoutMs ?? RUN_MS);
  const env = { ...how.env, ...(beside ? besideLine(testLine(run), test) : {}) };
  const result = await runLine(run, tree, testLine(run), values, { ...how, env, timeoutMs });
  const { output, ms } = result;
  const told = run.deps.failedTests?.(output) ?? [];
  const its = told.filter(({ name }) => isSameTest(name, test.name));
  // of a plain line a program that is not there is no failure of the test: nothing was run
  const nothing = ranNothing(run, output) || (under === null && isMissing(result));
  const applied = says === undefined || says.test(Bun.stripANSI(output));
  const readable = applied && !nothing && (told.length > 0 || result.exit === 0 || !harness);
  const lost = under === null ? null : whyLost(result, readable);
  const failed = lost === null && result.exit !== 0 && (told.length === 0 || its.length > 0);
  const otherwise = failed ? failedOtherwise(its, run.input.signatures) : null;
  return { failed, otherwise, ranNothing: nothing, lost, output, ms, repeat: repeat ?? null };
}

/** The line for all tests, for what runs beside the one for this test: its values have names of their own. */
function besideLine(line: string, test: FixTest): Record<string, string> {
  const { script, env } = fillLine(line, valuesOfAll(test));
  const set = Object.keys(env).map((name) => `export ${name}="$BESIDE_${name}"; `);
  const values = Object.entries(env).map(([name, value]) => [`BESIDE_${name}`, value]);
  return { BESIDE_LINE: set.join("") + script, ...Object.fromEntries(values) };
}

/** What a shell says of a program that is not there, or cannot be run. */
const isMissing = ({ exit }: Pick<SandboxResult, "exit">): boolean => exit === 126 || exit === 127;

/** Under stress: `taskset`, say, may not be there. */
function whyLost({ exit }: SandboxResult, readable: boolean): TestRun["lost"] {
  if (exit === null) return "killed";
  return isMissing({ exit }) || !readable ? "unread" : null;
}

/** Only where a line filters by name does an empty run mean that the test was not found. */
const ranNothing = (run: FixRun, output: string): boolean =>
  /\{test/.test(testLine(run)) && NOTHING_RAN.test(output);

/** The line that runs one test; a task that needs it and has none ends. */
function testLine(run: FixRun): string {
  const { test } = run.input.toolchain;
  if (test === undefined) throw new TaskEnd("failed", "no_test_command", "toolchain.test is not set");
  return test;
}

export interface SuiteRun {
  ok: boolean;
  /** Null where names cannot be read. */
  failed: string[] | null;
  output: string;
}

/** The line that runs all tests: its own, or the one for a single test with a filter that matches all. */
export const suiteLine = (run: FixRun): string | null =>
  run.input.toolchain.suite ?? run.input.toolchain.test ?? null;

/** Runs all tests once, or all of the test's file and package where no line for all is set. */
export async function runSuite(run: FixRun, tree: Tree): Promise<SuiteRun> {
  const { test } = run.input;
  const line = suiteLine(run);
  if (line === null) return { ok: true, failed: [], output: "no test command is configured" };
  const result = await runLine(run, tree, line, valuesOfAll(test), { timeoutMs: 3 * RUN_MS });
  const told = run.deps.failedTests?.(result.output) ?? null;
  const failed = result.exit === 0 ? [] : (told?.map(({ name }) => name) ?? null);
  return { ok: result.exit === 0, failed, output: result.output };
}

/** A parent fails with its subtest, and a name may be given with or without the groups it stands in. */
export function isSameTest(one: string, other: string): boolean {
  const plain = (name: string) => name.trim().replace(/\s+/g, " ");
  const [a, b] = [plain(one), plain(other)];
  return a === b || a.endsWith(` > ${b}`) || b.endsWith(` > ${a}`) || a.startsWith(`${b}/`);
}

/** Ends the task when the test's line does not find the test: no figure would mean anything. */
export function refuseEmptyRun(result: TestRun): void {
  if (!result.ranNothing) return;
  const output = result.output.trim().slice(-600);
  throw new TaskEnd("failed", "test_not_run", `the test command ran no test: ${output}`);
}
