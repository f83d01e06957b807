import type { Reason, VerdictClass } from "../findings/model.ts";
import { bothWays, defaultBranchRuns, type Evidence, independentSightings } from "./evidence.ts";

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

const PRIOR = -0.8;
/** Tests that fall together in one job in such numbers fell by one cause outside of them. */
const MASS = 20;
/** A model's opinion moves the odds by no more than this. */
const OPINION_CAP = 0.8;

const plural = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
const short = (sha: string) => sha.slice(0, 8);

/**
 * Says what a finding is, and why, from its evidence alone. Pure: no model is asked, no clock read; the same function
 * serves live, dry run and offline.
 */
export function judge(evidence: Evidence): Verdict {
  const infra = infraVerdict(evidence);
  if (infra !== null) return infra;
  const weighed = [
    ...sameCommit(evidence),
    ...spread(evidence),
    ...onDefaultBranch(evidence),
    ...stuck(evidence),
  ];
  weighed.push(...opinion(evidence));
  const odds = weighed.reduce((sum, reason) => sum + reason.weight, PRIOR);
  const flaky = 1 / (1 + Math.exp(-odds));
  const reasons = weighed.map(({ rule, text }) => ({ rule, text }));
  // exactly even odds are no verdict: a model's word alone can bring them there
  if (flaky > 0.5) return { class: "flaky-test", confidence: flaky, reasons };
  const regression = weighed.some((reason) => reason.weight < 0 && reason.rule !== "model-opinion");
  if (regression) return { class: "likely-regression", confidence: 1 - flaky, reasons };
  const none = {
    rule: "too-little",
    text: "There is too little evidence to tell a flake from a regression yet.",
  };
  return { class: "unknown", confidence: 1 - flaky, reasons: [...reasons, none] };
}

function infraVerdict(evidence: Evidence): Verdict | null {
  const hit = evidence.sightings.filter((fact) => fact.infraSigns > 0 || fact.fellTogether >= MASS);
  const share = hit.length / Math.max(1, evidence.sightings.length);
  if (share < 0.5) return null;
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
  return { class: "infra-flake", confidence: 0.6 + 0.35 * share, reasons };
}

function sameCommit(evidence: Evidence): Weighed[] {
  const reasons: Weighed[] = [];
  const both = bothWays(evidence);
  if (both.length > 0) {
    reasons.push({
      rule: "same-commit",
      text: `The same job failed and passed at ${plural(both.length, "commit")} (${both.slice(0, 3).map(short).join(", ")}).`,
      weight: 3 + 0.7 * Math.min(both.length - 1, 3),
    });
  }
  const retried = evidence.sightings.filter((fact) => fact.retriedOk).length;
  if (retried > 0) {
    reasons.push({
      rule: "retried-ok",
      text: `The test failed and then passed on retry within one job, ${plural(retried, "time")}.`,
      weight: 3 + 0.5 * Math.min(retried - 1, 2),
    });
  }
  return reasons;
}

function spread(evidence: Evidence): Weighed[] {
  const pulls = new Set(evidence.sightings.flatMap((fact) => (fact.pull === null ? [] : [fact.pull])));
  const authors = new Set(evidence.sightings.flatMap((fact) => (fact.author === null ? [] : [fact.author])));
  const reasons: Weighed[] = [];
  if (pulls.size >= 2) {
    reasons.push({
      rule: "many-pulls",
      text: `It hit ${plural(pulls.size, "pull request")}${authors.size > 0 ? ` of ${plural(authors.size, "author")}` : ""}.`,
      weight: 1.1 * Math.min(pulls.size - 1, 3) + (authors.size > 1 ? 0.4 : 0),
    });
  }
  const onDefault = evidence.sightings.filter(
    (fact) => fact.pull === null && fact.branch === evidence.defaultBranch,
  ).length;
  if (onDefault > 0 && pulls.size > 0) {
    reasons.push({
      rule: "default-branch-too",
      text: `It failed on ${evidence.defaultBranch} as well as in pull requests.`,
      weight: 0.9,
    });
  }
  return reasons;
}

/** On the default branch a flake comes and goes; a regression comes and stays until somebody mends it. */
function onDefaultBranch(evidence: Evidence): Weighed[] {
  const runs = defaultBranchRuns(evidence);
  const flips = runs.filter((run, at) => at > 0 && run.failed !== runs[at - 1]?.failed).length;
  const failed = runs.filter((run) => run.failed).length;
  if (flips >= 2) {
    const text = `On ${evidence.defaultBranch} it came and went: ${failed} of ${runs.length} runs failed.`;
    return [{ rule: "comes-and-goes", text, weight: 0.8 * Math.min(flips, 4) }];
  }
  const streak = runs.length - 1 - runs.findLastIndex((run) => !run.failed);
  if (streak >= 3 && bothWays(evidence).length === 0) {
    const text = `The last ${streak} runs of ${evidence.defaultBranch} all failed with it: the branch may be broken.`;
    return [{ rule: "broken-branch", text, weight: -3 }];
  }
  return [];
}

/** Fails in one pull request alone, each time: that change broke it. */
function stuck(evidence: Evidence): Weighed[] {
  const places = independentSightings(evidence);
  const pull = evidence.sightings[0]?.pull ?? null;
  if (places !== 1 || pull === null || bothWays(evidence).length > 0) return [];
  const first = Math.min(...evidence.sightings.map((fact) => fact.at.getTime()));
  const names = new Set(evidence.sightings.map((fact) => fact.job));
  const after = evidence.jobs.filter(
    (job) => job.pull === pull && names.has(job.job) && job.at.getTime() >= first && job.passed,
  );
  if (after.length > 0 || evidence.sightings.some((fact) => fact.retriedOk)) return [];
  const text = `It failed only in pull request #${pull}, each of ${plural(evidence.sightings.length, "time")}.`;
  return [{ rule: "one-pull-only", text, weight: -1 - 0.5 * Math.min(evidence.sightings.length, 4) }];
}

function opinion(evidence: Evidence): Weighed[] {
  const said = evidence.opinion;
  if (said === null || said.class === "unknown") return [];
  const sign = said.class === "flaky-test" ? 1 : -1;
  const text = `The model takes it for ${said.class} (${Math.round(said.confidence * 100)} %): “${said.quote}”.`;
  return [{ rule: "model-opinion", text, weight: sign * OPINION_CAP * said.confidence }];
}
