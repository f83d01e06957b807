import { plural } from "../../kernel/text/figures.ts";
import { MASS } from "../findings/mass.ts";
import type { Reason, VerdictClass } from "../findings/model.ts";
import { bothWays, type Commit, commitsOf, walls } from "./commits.ts";
import { type Evidence, independentSightings, tainted } from "./evidence.ts";
import { flakyRatio } from "./likelihood.ts";
import {
  sayBrokenBranch,
  sayFailsAgain,
  sayOnePull,
  sayRetried,
  saySameCommit,
  saySpread,
} from "./messages.ts";

export interface Verdict {
  class: VerdictClass;
  /** Probability that the stated class is right. */
  confidence: number;
  reasons: Reason[];
}

/** A reason with what it adds to the log-odds of the test being flaky. */
interface Weighed extends Reason {
  weight: number;
}

/** Log-odds that a test picked at random is flaky: about 3 in 100. */
const PRIOR = -3.5;
/** A pass of a commit that failed, however often seen, proves no more than this: machinery can fail unseen too. */
const MOST_FOR_RERUNS = 5;
/** No evidence makes the odds more than even a thousand to one. */
const MOST = 7;
/** A model's opinion moves the odds by no more than this. */
const OPINION_CAP = 0.8;

/**
 * Says what a finding is, and why, from its evidence alone. Pure: no model is asked, no clock read; the same function
 * serves live, dry run and offline.
 */
export function judge(evidence: Evidence): Verdict {
  const infra = infraVerdict(evidence);
  if (infra !== null) return infra;
  const weighed = weigh(evidence);
  const rules = clampOdds(PRIOR + weighed.reduce((sum, reason) => sum + reason.weight, 0));
  const said = opinion(evidence);
  const flaky = probability(rules + said.reduce((sum, reason) => sum + reason.weight, 0));
  const reasons = [...weighed, ...said].map(({ rule, text }) => ({ rule, text }));
  if (flaky > 0.5) return { class: "flaky-test", confidence: flaky, reasons };
  if (weighed.some((reason) => REGRESSION.has(reason.rule)))
    return { class: "likely-regression", confidence: 1 - flaky, reasons };
  const text = "There is too little evidence to tell a flake from a regression yet.";
  return { class: "unknown", confidence: 1 - flaky, reasons: [...reasons, { rule: "too-little", text }] };
}

/** Rules that say a change broke the test. */
const REGRESSION = new Set(["broken-branch", "one-pull-only", "fails-again"]);

const probability = (odds: number) => 1 / (1 + Math.exp(-odds));
const clampOdds = (odds: number) => Math.max(-MOST, Math.min(MOST, odds));

function infraVerdict(evidence: Evidence): Verdict | null {
  const hit = evidence.sightings.filter(tainted);
  const share = hit.length / Math.max(1, evidence.sightings.length);
  if (share < 0.5 || independentSightings(evidence) >= 2) return null;
  const most = Math.max(...hit.map((fact) => fact.fellTogether));
  const signs = hit.filter((fact) => fact.infraSigns > 0).length;
  const reasons: Reason[] = [];
  if (signs > 0)
    reasons.push({
      rule: "infra-signs",
      text: `${plural(signs, "log")} of ${evidence.sightings.length} show the machinery failing, not the test.`,
    });
  if (most >= MASS)
    reasons.push({ rule: "fell-together", text: `${most} tests failed together in one job.` });
  return { class: "infra-flake", confidence: 0.6 + 0.36 * share, reasons };
}

/**
 * What speaks for and against a flake. The weights add up to the whole ratio: first each commit counts by its first
 * outcome, then failures on reruns are added, then passes on reruns, then retries within a job.
 */
function weigh(evidence: Evidence): Weighed[] {
  const all = commitsOf(evidence);
  const failing = all.flatMap((job) => job.filter((commit) => commit.failed > 0));
  if (failing.length === 0) return [];
  const known = (part: (commit: Commit) => Partial<Commit>) =>
    flakyRatio(
      all.map((job) => job.map((commit) => (commit.failed === 0 ? commit : { ...commit, ...part(commit) }))),
    );
  let ratio = known(() => ({ failed: 1, passed: 0, spared: 0, retriedOk: 0 }));
  const reasons: Weighed[] = [{ ...spreadReason(evidence, all, failing), weight: ratio }];
  const add = (reason: Reason, next: number, most: number) => {
    reasons.push({ ...reason, weight: Math.min(next - ratio, most) });
    ratio = next;
  };
  const most = MOST_FOR_RERUNS + failing.length;
  if (failing.some((commit) => commit.failed > 1))
    add(
      { rule: "fails-again", text: sayFailsAgain(failing) },
      known(() => ({ passed: 0, spared: 0, retriedOk: 0 })),
      0,
    );
  if (failing.some(bothWays))
    add(
      { rule: "same-commit", text: saySameCommit(failing) },
      known(() => ({ retriedOk: 0 })),
      most,
    );
  if (failing.some((commit) => commit.retriedOk > 0))
    add({ rule: "retried-ok", text: sayRetried(failing) }, flakyRatio(all), most);
  return reasons;
}

function spreadReason(evidence: Evidence, all: Commit[][], failing: Commit[]): Reason {
  const blocks = walls(all);
  const within = blocks.reduce((total, wall) => total + wall.length, 0);
  if (2 * within > failing.length && blocks.some((wall) => wall.length >= 3))
    return { rule: "broken-branch", text: sayBrokenBranch(blocks, failing.length, evidence.defaultBranch) };
  const lines = new Set(failing.map((commit) => commit.line));
  const [only] = lines;
  if (lines.size === 1 && only !== null) return { rule: "one-pull-only", text: sayOnePull(failing) };
  return { rule: "spread", text: saySpread(all.flat(), evidence.defaultBranch) };
}

function opinion(evidence: Evidence): Weighed[] {
  const said = evidence.opinion;
  if (said === null || said.class === "unknown") return [];
  const sign = said.class === "flaky-test" ? 1 : -1;
  const text = `The model takes it for ${said.class} (${Math.round(said.confidence * 100)} %): “${said.quote}”.`;
  return [{ rule: "model-opinion", text, weight: sign * OPINION_CAP * said.confidence }];
}
