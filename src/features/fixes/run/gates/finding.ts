import type { ParsedDiff } from "./diff.ts";

export const VERDICTS = ["allow", "label", "refuse"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** One thing a rule saw. `line` is in the new file, or in the old one where the line went; 0 where it is the whole file. */
export interface GateFinding {
  rule: string;
  verdict: Verdict;
  path: string;
  line: number;
  text: string;
}

/** What a rule may know besides the change. */
export interface GateContext {
  /** The failure's excerpt, to tell whether the assertion that failed is the one that went. */
  evidence: string;
}

export type Gate = (diff: ParsedDiff, context: GateContext) => GateFinding[];

/** The strictest verdict of all. */
export const worst = (findings: readonly { verdict: Verdict }[]): Verdict =>
  findings.reduce<Verdict>(
    (sum, { verdict }) => (VERDICTS.indexOf(verdict) > VERDICTS.indexOf(sum) ? verdict : sum),
    "allow",
  );
