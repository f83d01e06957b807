import type { Commit } from "./commits.ts";

const HOUR = 3_600_000;
const LATELY = 48 * HOUR;

/** Chances that hold for a test of any project; orders of magnitude, not fitted figures. */
const CHANCE = {
  /** The push after one that broke the test still has it broken. */
  staysBroken: 0.6,
  /** A first push has the test broken where another pull request of its author had it of late: they may be stacked. */
  stacked: 0.02,
  /** A broken default branch is mended within an hour. */
  branchMended: 1 / 12,
  /** A pull request that runs while the branch is broken has the broken base. */
  brokenBase: 0.85,
  /** A broken test fails; it passes (a rerun has the same code); its job fails with others and not with it (later tests may not have run). */
  brokenFails: 0.98,
  brokenPasses: 0.0005,
  brokenSpared: 0.03,
  /** A sound test fails by some accident around it. */
  accident: 1e-6,
  /** At least so likely a flake that failed fails on the rerun: what provokes it may last. */
  failsAgain: 0.1,
  /** Broken here, where the same pull request or commit has it failing in another job. */
  brokenElsewhere: 0.3,
} as const;

/**
 * How often a change breaks a given test: a push to a pull request, and the share of time the default branch has it
 * broken. Rare in a suite of thousands, less so in a small one or for a young test; a history without breaks decides.
 */
const BREAKS: readonly number[] = [0.0005, 0.01];

/** A job that failed without the test counts as half a pass: it may have ended before the test ran. */
const SPARED = 0.5;

/**
 * How often a flaky test fails, and which share of flaky tests does so: the rounded spread of 811 Java tests over
 * 10,000 reruns each (FlakeFlagger), those above 1 in 20 thinned since a branch does not keep them for long.
 */
const RATES: readonly (readonly [rate: number, share: number])[] = [
  [0.0002, 0.2],
  [0.0006, 0.13],
  [0.002, 0.12],
  [0.006, 0.18],
  [0.018, 0.18],
  [0.056, 0.11],
  [0.18, 0.06],
  [0.45, 0.02],
];

/**
 * Log of how much more likely these runs are with a flaky test than with a sound one that changes broke and mended.
 * In both stories pull requests and the default branch may break the test; only a flaky one fails beside that.
 * @param jobs the commits of each job, in order of time.
 */
export function flakyRatio(jobs: readonly Commit[][]): number {
  const tracks = prepare(jobs);
  const sound = BREAKS.map((breaks) => likelihood(tracks, { rate: CHANCE.accident, failsAgain: 0, breaks }));
  const flaky = RATES.flatMap(([rate, share]) =>
    BREAKS.map(
      (breaks) => Math.log(share) + likelihood(tracks, { rate, failsAgain: CHANCE.failsAgain, breaks }),
    ),
  );
  return logSum(flaky) - logSum(sound);
}

function logSum(logs: readonly number[]): number {
  const top = Math.max(...logs);
  return top + Math.log(logs.reduce((sum, value) => sum + Math.exp(value - top), 0));
}

interface Assumed {
  /** The test fails by itself, and fails again after it did. */
  rate: number;
  failsAgain: number;
  breaks: number;
}

/** A job's commits, with sums that let stretches of mere passes be taken at once. */
interface Track {
  commits: readonly Commit[];
  /** For each commit where the stretch of passes that it is in ends; itself where it is in none. */
  quietUntil: Int32Array;
  /** Passes of all commits before it. */
  passes: Float64Array;
  /** Lines (pull requests, branches) in which the test ever failed: only there a break is followed. */
  failing: ReadonlySet<string>;
}

/** Jobs with the most failures first: what they show is then expected of the others. */
function prepare(jobs: readonly Commit[][]): Track[] {
  const failing = new Set<string>();
  const counted = jobs.map((commits) => {
    let failures = 0;
    for (const { failed, line } of commits) {
      failures += failed;
      if (failed > 0 && line !== null) failing.add(line);
    }
    return { commits, failures };
  });
  counted.sort((a, b) => b.failures - a.failures);
  return counted.map(({ commits }) => track(commits, failing));
}

function track(commits: readonly Commit[], failing: ReadonlySet<string>): Track {
  const passes = new Float64Array(commits.length + 1);
  const quietUntil = new Int32Array(commits.length);
  for (const [at, { passed, spared }] of commits.entries())
    passes[at + 1] = (passes[at] ?? 0) + passed + SPARED * spared;
  let end = commits.length;
  for (let at = commits.length - 1; at >= 0; at -= 1) {
    const commit = commits[at];
    const quiet =
      commit !== undefined && commit.failed === 0 && (commit.line === null || !failing.has(commit.line));
    if (!quiet) end = at;
    quietUntil[at] = end;
  }
  return { commits, quietUntil, passes, failing };
}

function likelihood(tracks: readonly Track[], assumed: Assumed): number {
  const elsewhere = new Set<string>();
  let sum = 0;
  for (const job of tracks) {
    sum += jobLikelihood(job, elsewhere, assumed);
    if (tracks.length === 1) break;
    for (const { failed, line, sha } of job.commits) if (failed > 0) elsewhere.add(line ?? sha);
  }
  return sum;
}

/** A hidden Markov model over a job's commits, filtered forward: is the branch broken, is the pull request? */
function jobLikelihood(job: Track, elsewhere: ReadonlySet<string>, assumed: Assumed): number {
  const pulls = new Pulls(elsewhere, assumed.breaks);
  const usual = assumed.breaks;
  const pace = CHANCE.branchMended / (1 - usual);
  let branch = usual;
  let before = job.commits[0]?.at ?? 0;
  let sum = 0;
  for (let index = 0; index < job.commits.length; index += 1) {
    const commit = job.commits[index];
    if (commit === undefined) break;
    branch = usual + (branch - usual) * Math.exp((-pace * (commit.at - before)) / HOUR);
    before = commit.at;
    const quietUntil = job.quietUntil[index] ?? index;
    if (quietUntil > index && branch < 2 * usual) {
      // the branch is sound as far as anyone knows, and stays so through mere passes
      const passes = (job.passes[quietUntil] ?? 0) - (job.passes[index] ?? 0);
      sum += Math.log1p(-assumed.rate) * passes + Math.log1p(-assumed.breaks) * (quietUntil - index);
      index = quietUntil - 1;
      before = job.commits[index]?.at ?? before;
      branch = usual;
      continue;
    }
    if (commit.line === null && elsewhere.has(commit.sha)) branch = Math.max(branch, CHANCE.brokenElsewhere);
    const broken = likelyBroken(commit);
    const sound = likelySound(commit, assumed);
    const pull = commit.line === null ? 0 : pulls.chance(commit);
    const onSound = (1 - pull) * sound + pull * broken;
    const onBroken =
      commit.line === null ? broken : CHANCE.brokenBase * broken + (1 - CHANCE.brokenBase) * onSound;
    const all = (1 - branch) * onSound + branch * onBroken;
    sum += Math.log(all);
    branch = (branch * onBroken) / all;
    pulls.note(commit, (1 - branch) * ((pull * broken) / onSound) + branch * pull);
  }
  return sum;
}

const likelyBroken = ({ failed, passed, spared, retriedOk }: Commit): number =>
  CHANCE.brokenFails ** failed * CHANCE.brokenPasses ** (passed + retriedOk) * CHANCE.brokenSpared ** spared;

const likelySound = ({ failed, passed, spared, retriedOk }: Commit, { rate, failsAgain }: Assumed): number =>
  (failed === 0 ? 1 : rate * Math.max(rate, failsAgain) ** (failed - 1)) *
  (1 - rate) ** (passed + retriedOk + SPARED * spared);

/** How likely each pull request has the test broken, from its commits so far. */
class Pulls {
  readonly #broken = new Map<string, number>();
  readonly #ofAuthor = new Map<string, { line: string; at: number }>();

  constructor(
    private readonly elsewhere: ReadonlySet<string>,
    private readonly breaks: number,
  ) {}

  /** Before a commit is looked at. */
  chance({ line, author, at }: Commit): number {
    const before = this.#broken.get(line ?? "");
    if (before !== undefined) return before * CHANCE.staysBroken + (1 - before) * this.breaks;
    if (this.elsewhere.has(line ?? "")) return CHANCE.brokenElsewhere;
    const other = author === null ? undefined : this.#ofAuthor.get(author);
    const stacked =
      other !== undefined && at - other.at < LATELY && (this.#broken.get(other.line) ?? 0) > 0.5;
    return stacked ? Math.max(CHANCE.stacked, this.breaks) : this.breaks;
  }

  /** After it was. */
  note({ line, author, at }: Commit, broken: number): void {
    if (line === null) return;
    this.#broken.set(line, broken);
    if (author !== null) this.#ofAuthor.set(author, { line, at });
  }
}
