import { parseDiff } from "./diff.ts";
import {
  type Change,
  type Gate,
  type GateContext,
  type GateFinding,
  type Verdict,
  worst,
} from "./finding.ts";
import { settle } from "./policy.ts";
import { keepsAssertions, noAssertionsInWaits } from "./rules/assertions.ts";
import { keepsHonest, keepsPressure, noRetries, noSwallowedErrors } from "./rules/hiding.ts";
import { productCode } from "./rules/product.ts";
import { runnerSettings } from "./rules/settings.ts";
import { keepsCases, noDeletedTests, noEarlyReturns, noSkips } from "./rules/tests.ts";
import { keepsConditions, keepsLimits, noIdleWaits, noLongerWaits, noSleeps } from "./rules/waits.ts";
import { reviewable, wholeFiles } from "./scope.ts";
import { type FileFacts, readFile } from "./syntax/read.ts";

export { type DiffLine, diffSize, type ParsedDiff, parseDiff } from "./diff.ts";
export {
  type GateContext,
  type GateFinding,
  type Overrule,
  type Policy,
  VERDICTS,
  type Verdict,
  worst,
} from "./finding.ts";
export { isVerdict, RULES } from "./policy.ts";
export { allowedPaths, testsOnly } from "./scope.ts";

/** The restraint gates, in the order their findings are shown. */
const GATES: readonly Gate[] = [
  noSkips,
  noDeletedTests,
  noEarlyReturns,
  keepsAssertions,
  noAssertionsInWaits,
  keepsCases,
  noLongerWaits,
  noSleeps,
  noIdleWaits,
  keepsConditions,
  keepsLimits,
  noRetries,
  noSwallowedErrors,
  keepsPressure,
  keepsHonest,
  runnerSettings,
  productCode,
  reviewable,
  wholeFiles,
];

/**
 * Judges a patch as our git writes it; one with full context says more than one with three lines. Findings that allow
 * are kept, since they tell a reviewer what was seen. A finding that a maintainer overruled labels, and says who did.
 */
export async function judgePatch(
  patch: string,
  context: GateContext,
): Promise<{ findings: GateFinding[]; verdict: Verdict }> {
  const diff = parseDiff(patch);
  const files: FileFacts[] = [];
  for (const file of diff.files) {
    const facts = await readFile(file);
    if (facts !== null) files.push(facts);
  }
  const change: Change = { diff, files, context };
  const findings = once(GATES.flatMap((gate) => gate(change))).map((finding) =>
    settle(finding, context.policy ?? {}, context.overrules ?? []),
  );
  return { findings, verdict: worst(findings) };
}

/** One finding a rule and line; the strictest of them. */
function once(findings: readonly GateFinding[]): GateFinding[] {
  const kept = new Map<string, GateFinding>();
  for (const finding of findings) {
    const place = `${finding.rule} ${finding.path}:${finding.line}`;
    const known = kept.get(place);
    if (
      known === undefined ||
      (worst([known, finding]) === finding.verdict && known.verdict !== finding.verdict)
    )
      kept.set(place, finding);
  }
  return [...kept.values()];
}
