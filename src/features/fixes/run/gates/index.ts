import { keepsAssertions } from "./assertions.ts";
import { parseDiff } from "./diff.ts";
import { type Gate, type GateContext, type GateFinding, type Verdict, worst } from "./finding.ts";
import { noRetries, noSwallowedErrors, productCode, runnerSettings } from "./hiding.ts";
import { reviewable } from "./scope.ts";
import { noDeletedTests, noSkips } from "./skips.ts";
import { noLongerWaits, noSleeps } from "./waits.ts";

export { diffSize, type ParsedDiff, parseDiff } from "./diff.ts";
export { type Gate, type GateContext, type GateFinding, type Verdict, worst } from "./finding.ts";
export { allowedPaths } from "./scope.ts";

/** The restraint gates, in the order their findings are shown. */
export const RESTRAINT_GATES: Readonly<Record<string, Gate>> = {
  skip: noSkips,
  "deleted-test": noDeletedTests,
  assertions: keepsAssertions,
  "longer-wait": noLongerWaits,
  sleep: noSleeps,
  retry: noRetries,
  "swallowed-error": noSwallowedErrors,
  "runner-settings": runnerSettings,
  "product-code": productCode,
  size: reviewable,
};

/** Judges a patch as our git writes it; findings that allow are kept, since they tell a reviewer what was seen. */
export function judgePatch(
  patch: string,
  context: GateContext,
): { findings: GateFinding[]; verdict: Verdict } {
  const diff = parseDiff(patch);
  const findings = Object.values(RESTRAINT_GATES).flatMap((gate) => gate(diff, context));
  return { findings, verdict: worst(findings) };
}
