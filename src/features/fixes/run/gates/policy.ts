import { type GateFinding, type Overrule, type Policy, VERDICTS, type Verdict } from "./finding.ts";
import { matchesGlob } from "./scope.ts";

/** Every rule, with what it says. The verdicts follow what reviewers merged and what came back. */
export const RULES: Readonly<Record<string, string>> = {
  skip: "a test is skipped, narrowed, expected to fail or left out of the build",
  "deleted-test": "a test is gone, says nothing, or lies where no runner looks",
  "replaced-test": "a test is gone and another one came",
  "early-return": "a test ends before its assertions under a condition",
  "lost-assertion": "fewer assertions than before",
  "lost-case": "fewer rows in a table of tests",
  "always-true": "an assertion that always holds",
  "weaker-comparison": "an assertion that says less than before",
  "expected-value": "what an assertion expects was changed",
  tolerance: "a bound or tolerance of an assertion was changed",
  "guarded-assertion": "an assertion that is not always reached any more",
  "assertion-in-wait": "an assertion inside a wait's callback",
  "unawaited-assertion": "an assertion whose result nobody waits for",
  "longer-wait": "a longer timeout, sleep or lease, or more tries",
  sleep: "a new sleep",
  yield: "a new pause without a condition",
  spin: "a loop that waits without a limit",
  "idle-wait": "a wait on something that always holds",
  "action-repeated": "an action is run again until it works",
  retry: "something is tried again until it passes",
  "swallowed-error": "an error or panic is swallowed",
  exit: "the process ends itself",
  serialised: "a test that ran beside others does not any more",
  "smaller-load": "fewer rounds, workers or inputs than before",
  "fixed-seed": "chance is frozen",
  mock: "a stand-in for what ran before",
  suppression: "a checker is silenced",
  "lost-check": "a leak check, failpoint or counted assertion is gone",
  "environment-branch": "code that behaves otherwise under test or on CI",
  "expected-output": "recorded output was changed",
  "runner-settings": "settings of the test runner, the build or CI changed",
  "lock-file": "a lock file changed",
  "product-code": "product code changed",
  "partly-read": "the gates saw a file in part",
  "large-diff": "too large to read at once",
};

/**
 * A finding's verdict by the policy, then by what a maintainer said: a refusal becomes a label, and a label stays one,
 * since nobody has seen this change yet; both say who let them stand.
 */
export function settle(finding: GateFinding, policy: Policy, overrules: readonly Overrule[]): GateFinding {
  const set = policy[finding.rule];
  // A policy speaks of what a rule refuses or labels at its strictest; it makes nothing stricter than was seen.
  const verdict = set === undefined ? finding.verdict : finding.verdict === "allow" ? "allow" : set;
  const by = overrules.find(
    (each) =>
      each.rule === finding.rule &&
      each.reason.trim() !== "" &&
      (each.path === undefined || matchesGlob(each.path, finding.path)),
  );
  if (by === undefined || verdict === "allow") return { ...finding, verdict };
  return { ...finding, verdict: "label", overruled: `${by.by}: ${by.reason}` };
}

export const isVerdict = (text: string): text is Verdict => VERDICTS.some((verdict) => verdict === text);
