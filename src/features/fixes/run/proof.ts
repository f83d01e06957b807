import { type Stress, stressWords } from "../../../kernel/stress.ts";
import { failedText } from "../../../kernel/text/figures.ts";
import type { FixTest, Runs } from "../model.ts";
import { type FixRun, msLeft } from "./context.ts";
import { ladderFor } from "./stress.ts";
import { RUN_MS, refuseEmptyRun, runTest, type TestRun } from "./test-run.ts";
import type { Tree } from "./trees.ts";

/** Failures that are enough to know the rate roughly. */
const ENOUGH_FAILURES = 3;
const LEAST_RUNS_AFTER = 20;
/** Share of the time left that looking for the failure may take. */
const REPRODUCTION_SHARE = 0.35;
/** Share of runs and time after which plain runs without a failure make room for those under stress. */
const PLAIN_SHARE = 0.5;
/** Plain runs after the change where the proof is under stress, and their share of the cap. */
const PLAIN_AFTER = 10;
const PLAIN_AFTER_SHARE = 0.25;
/** Runs that say nothing: so many of them, and the stress is too much for this test or machine. */
const MOST_LOST = 2;
const MOST_LOST_AFTER = 3;
/** A run under stress may take so many times as long as the slowest plain one, within these bounds. */
const SLOWER = 20;
const LEAST_STRESS_MS = 60_000;

export interface Reproduction extends Runs {
  /** Output of a run that failed as was reported. */
  failure: string | null;
  /** The first run that failed in another way. */
  other: { signature: string; output: string } | null;
}

/** Runs of one kind, plain or under one stress. */
class Series {
  runs = 0;
  failures = 0;
  otherwise = 0;
  lost = 0;
  slowestMs = 0;
  failure: string | null = null;
  repeat: string | null = null;
  other: Reproduction["other"] = null;

  add(result: TestRun): void {
    if (result.lost !== null) {
      // what cannot run at all is not tried twice
      this.lost += result.lost === "unread" ? MOST_LOST : 1;
      return;
    }
    this.runs++;
    this.slowestMs = Math.max(this.slowestMs, result.ms);
    if (result.otherwise !== null) {
      this.otherwise++;
      this.other ??= { signature: result.otherwise, output: result.output };
    } else if (result.failed) {
      this.failures++;
      this.failure ??= result.output;
      this.repeat ??= result.repeat;
    }
  }

  figures(more: Pick<Runs, "stress" | "plain" | "tried"> = {}): Reproduction {
    const { runs, failures, otherwise, failure, other } = this;
    const again = this.repeat === null ? {} : { repeat: this.repeat };
    return { runs, failures, ...(otherwise === 0 ? {} : { otherwise }), ...again, ...more, failure, other };
  }
}

/**
 * Runs the unchanged test until it failed often enough, or the cap or this phase's share of time is reached. Where half
 * of that showed no failure, it goes on under one stress after the other; the first that brings the failure is the one
 * of the proof. Only the failure that was reported counts, where the output tells; another one is counted apart.
 */
export async function reproduce(run: FixRun, tree: Tree, test: FixTest): Promise<Reproduction> {
  const cap = run.input.prove.runs;
  const now = msLeft(run);
  const until = now * (1 - REPRODUCTION_SHARE);
  const ladder = ladderFor(run, test);
  const look = new Search(run, tree, test);
  const share = ladder.length === 0 ? 1 : PLAIN_SHARE;
  const plain = new Series();
  await look.into(plain, null, Math.ceil(cap * share), now - (now - until) * share);
  if (plain.failures > 0) await look.into(plain, null, cap, until);
  if (plain.failures > 0 || ladder.length === 0) return plain.figures();
  const all = [plain];
  for (const [index, stress] of ladder.entries()) {
    const left = Math.ceil((cap - look.done) / (ladder.length - index));
    const series = new Series();
    const time = (msLeft(run) - until) / (ladder.length - index);
    if (left < 1 || time <= 0) break;
    await look.into(series, stress, left, msLeft(run) - time);
    if (series.failures > 0) {
      await look.into(series, stress, series.runs + cap - look.done, until);
      return series.figures({ stress, plain: plain.runs });
    }
    if (series.runs > 0) look.tried.push(stress);
    all.push(series);
  }
  return summed(all).figures(look.tried.length === 0 ? {} : { tried: look.tried });
}

/** All that was tried and did not bring the failure. */
function summed(all: readonly Series[]): Series {
  const sum = new Series();
  for (const series of all) {
    sum.runs += series.runs;
    sum.otherwise += series.otherwise;
    sum.other ??= series.other;
  }
  return sum;
}

/** The runs before the change, one series after the other. */
class Search {
  /** Runs so far, those that say nothing too: they cost as much. */
  done = 0;
  readonly tried: Stress[] = [];
  #slowestMs = 0;
  readonly #run: FixRun;
  readonly #tree: Tree;
  readonly #test: FixTest;

  constructor(run: FixRun, tree: Tree, test: FixTest) {
    this.#run = run;
    this.#tree = tree;
    this.#test = test;
  }

  /** Goes on with a series until it has so many runs or failed often enough, or the time left is below `until`. */
  async into(series: Series, stress: Stress | null, most: number, until: number): Promise<void> {
    const run = this.#run;
    while (series.runs + series.lost < most && series.failures < ENOUGH_FAILURES && series.lost < MOST_LOST) {
      if (this.done > 0 && msLeft(run) <= until) return;
      const turn = series.runs + series.lost;
      const timeoutMs = turn === 0 ? firstMs(msLeft(run) - until) : stressMs(this.#slowestMs);
      const under = stress === null ? null : { stress, turn, timeoutMs };
      const result = await runTest(run, this.#tree, this.#test, under);
      if (under === null) {
        refuseEmptyRun(result);
        this.#slowestMs = Math.max(this.#slowestMs, result.ms);
      }
      this.done++;
      series.add(result);
      const words = failedText(series.figures(stress === null ? {} : { stress }));
      await run.deps.onPhase("ANALYZE", words, { done: this.done, total: run.input.prove.runs });
    }
  }
}

/** The first run under a stress may have to build anew. */
const firstMs = (ms: number): number => Math.min(RUN_MS, Math.max(LEAST_STRESS_MS, ms));
const stressMs = (slowestMs: number): number =>
  Math.min(RUN_MS, Math.max(LEAST_STRESS_MS, SLOWER * slowestMs));

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
  /** Fewer runs than the rate asks for, because of the cap or of what was lost. */
  short: boolean;
  /** Runs under stress that were killed or timed out, and count neither way. */
  lost: number;
}

/**
 * Runs the changed test as often as its rate asks for, up to the cap; the first failure ends it. What failed under
 * stress has to pass under the same one, and in plain runs too.
 */
export async function prove(run: FixRun, tree: Tree, test: FixTest, before: Runs | null): Promise<Proof> {
  const cap = run.input.prove.runs;
  const needed = runsNeeded(before);
  const stress = before?.stress;
  // What never failed here has no rate: all runs that are allowed then stand behind the claim.
  const wanted = before?.failures === 0 ? cap : needed;
  const plainWanted = Math.min(PLAIN_AFTER, Math.ceil(cap * PLAIN_AFTER_SHARE));
  const plainTotal = stress === undefined ? Math.max(1, Math.min(wanted, cap)) : plainWanted;
  let slowestMs = 0;
  for (let runs = 1; runs <= plainTotal; runs++) {
    const result = await runTest(run, tree, test);
    refuseEmptyRun(result);
    slowestMs = Math.max(slowestMs, result.ms);
    await run.deps.onPhase("VALIDATE", `run ${runs} of ${plainTotal} after the change`, {
      done: runs,
      total: plainTotal,
    });
    // a test that still fails is not mended, in whichever way it does
    if (result.failed) return { runs, failures: 1, failing: result, short: false, lost: 0 };
  }
  if (stress === undefined)
    return { runs: plainTotal, failures: 0, failing: null, short: plainTotal < needed, lost: 0 };
  const total = Math.max(1, Math.min(wanted, cap - plainTotal));
  const under = { stress, timeoutMs: stressMs(slowestMs) };
  const seen = await proveUnder(run, tree, test, under, total);
  const short = seen.runs < needed && seen.failing === null;
  // where no run under it said anything, the plain ones are all there is
  if (seen.runs === 0) return { ...seen, runs: plainTotal, short };
  return { ...seen, stress, plain: plainTotal, short };
}

/** A failure that says that time ran out; under stress it says more of the stress than of the test. */
const TIME_RAN_OUT = /\btim(?:ed?|ing)[ -]?out\b|\bdeadline exceeded\b/i;

/** Whether a failure that is another one than was reported says more of the stress than of the test. */
const isOfStress = (stress: Stress, otherwise: string | null): boolean =>
  otherwise !== null && (TIME_RAN_OUT.test(otherwise) || (stress === "siblings" && CLASH.test(otherwise)));

/** Two runs of one test that want the same port or file: that they did was not reported. */
const CLASH = /address already in use|EADDRINUSE|file exists|EEXIST|resource busy|EBUSY|lock(?:ed)? by/i;

async function proveUnder(
  run: FixRun,
  tree: Tree,
  test: FixTest,
  under: { stress: Stress; timeoutMs: number },
  total: number,
): Promise<Omit<Proof, "short">> {
  let [runs, lost] = [0, 0];
  while (runs < total && lost < MOST_LOST_AFTER) {
    const turn = runs + lost;
    const timeoutMs = turn === 0 ? RUN_MS : under.timeoutMs;
    const result = await runTest(run, tree, test, { stress: under.stress, turn, timeoutMs });
    const late = result.lost === "killed" || isOfStress(under.stress, result.otherwise);
    if (late) lost++;
    else runs++;
    const detail = `run ${runs} of ${total} ${stressWords(under.stress)}`;
    await run.deps.onPhase("VALIDATE", detail, { done: runs, total });
    // it ran this way before the change: when it does not any more, that is the change's fault
    const broken = result.lost === "unread";
    if (broken || (result.failed && !late)) return { runs, failures: 1, failing: result, lost };
  }
  return { runs, failures: 0, failing: null, lost };
}
