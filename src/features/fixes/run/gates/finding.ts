import type { ParsedDiff } from "./diff.ts";
import type { FileFacts } from "./syntax/read.ts";

export const VERDICTS = ["allow", "label", "refuse"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Verdicts by rule, in place of the rule's own. */
export type Policy = Readonly<Record<string, Verdict>>;

/** One thing a rule saw. `line` is in the new file, or in the old one where the line went; 0 where it is the whole file. */
export interface GateFinding {
  rule: string;
  verdict: Verdict;
  path: string;
  line: number;
  text: string;
  /** Who let it pass though the rule refused it, and why. */
  overruled?: string;
}

/** A maintainer's word that a finding may stand. */
export interface Overrule {
  rule: string;
  /** A glob; every path when missing. */
  path?: string;
  by: string;
  reason: string;
}

/** What a rule may know besides the change. */
export interface GateContext {
  /** The failure's excerpt, to tell whether the assertion that failed is the one that went. */
  evidence: string;
  /** Verdicts that differ from the default table. */
  policy?: Policy;
  overrules?: readonly Overrule[];
}

/** A change as the rules see it. */
export interface Change {
  diff: ParsedDiff;
  /** Files whose language is read. */
  files: readonly FileFacts[];
  context: GateContext;
}

export type Gate = (change: Change) => GateFinding[];

/** The strictest verdict of all. */
export const worst = (findings: readonly { verdict: Verdict }[]): Verdict =>
  findings.reduce<Verdict>(
    (sum, { verdict }) => (VERDICTS.indexOf(verdict) > VERDICTS.indexOf(sum) ? verdict : sum),
    "allow",
  );
