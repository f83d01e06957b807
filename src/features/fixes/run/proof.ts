import { failedText } from "../../../kernel/text/figures.ts";
import type { FixTest, Runs } from "../model.ts";
import { type FixRun, msLeft } from "./context.ts";
import { refuseEmptyRun, runTest, type TestRun } from "./test-run.ts";
import type { Tree } from "./trees.ts";

/** Failures that are enough to know the rate roughly. */
const ENOUGH_FAILURES = 3;
const LEAST_RUNS_AFTER = 20;
/** Share of the time left that looking for the failure may take. */
const REPRODUCTION_SHARE = 0.35;

export interface Reproduction extends Runs {
  /** Output of a run that failed as was reported. */
  failure: string | null;
  /** The first run that failed in another way. */
  other: { signature: string; output: string } | null;
}

/**
 * Runs the unchanged test until it failed often enough, or the cap or this phase's share of time is reached. Only the
 * failure that was reported counts, where the output tells; another one of the same test is counted apart.
 */
export async function reproduce(run: FixRun, tree: Tree, test: FixTest): Promise<Reproduction> {
  const until = msLeft(run) * (1 - REPRODUCTION_SHARE);
  const cap = run.input.prove.runs;
  let failure: string | null = null;
  let other: Reproduction["other"] = null;
  let failures = 0;
  let otherwise = 0;
  let runs = 0;
  while (runs < cap && failures < ENOUGH_FAILURES && (runs === 0 || msLeft(run) > until)) {
    const result = await runTest(run, tree, test);
    refuseEmptyRun(result);
    runs++;
    if (result.otherwise !== null) {
      otherwise++;
      other ??= { signature: result.otherwise, output: result.output };
    } else if (result.failed) {
      failures++;
      failure ??= result.output;
    }
    await run.deps.onPhase("ANALYZE", failedText({ runs, failures, otherwise }), { done: runs, total: cap });
  }
  return { runs, failures, ...(otherwise === 0 ? {} : { otherwise }), failure, other };
}

/** Runs needed after the change: three times the mean distance between failures, at least twenty. */
export const runsNeeded = (before: Runs | null): number =>
  before === null || before.failures === 0
    ? LEAST_RUNS_AFTER
    : Math.max(Math.ceil((3 * before.runs) / before.failures), LEAST_RUNS_AFTER);

/** Upper bound of the failure rate at 95 % after `runs` runs without a failure. */
export const rateBound = (runs: number): number | null => (runs === 0 ? null : Math.min(1, 3 / runs));

export interface Proof extends Runs {
  /** The first failing run; it ends the series. */
  failing: TestRun | null;
  /** Fewer runs than the rate asks for, because of the cap. */
  short: boolean;
}

/** Runs the changed test as often as its rate asks for, up to the cap; the first failure ends it. */
export async function prove(run: FixRun, tree: Tree, test: FixTest, before: Runs | null): Promise<Proof> {
  // What never failed here has no rate: all runs that are allowed then stand behind the claim.
  const wanted = before?.failures === 0 ? run.input.prove.runs : runsNeeded(before);
  const total = Math.max(1, Math.min(wanted, run.input.prove.runs));
  for (let runs = 1; runs <= total; runs++) {
    const result = await runTest(run, tree, test);
    refuseEmptyRun(result);
    await run.deps.onPhase("VALIDATE", `run ${runs} of ${total} after the change`, { done: runs, total });
    // a test that still fails is not mended, in whichever way it does
    if (result.failed) return { runs, failures: 1, failing: result, short: false };
  }
  return { runs: total, failures: 0, failing: null, short: total < runsNeeded(before) };
}
