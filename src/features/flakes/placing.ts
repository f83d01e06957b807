import type { State } from "../findings/model.ts";

/** A failure, as far as its place among the findings depends on it. */
export interface Placed {
  test: string;
  suite: string | null;
  package: string | null;
  kind: string;
  signature: string;
  cascadeOf: string | null;
  /** Line of the log, which orders the failures of one job. */
  line: number;
}

/** States in which a finding still takes in a further way of failing of its test. */
const TAKES_MORE: ReadonlySet<State> = new Set([
  "new",
  "open",
  "approved",
  "fixing",
  "pending_review",
  "failed",
]);
const CRASHES: ReadonlySet<string> = new Set(["panic", "crash"]);

/**
 * Whether a failure is a further way of failing of a finding of the same test. People join failures by test more than by
 * message; they keep apart what fails in another manner, and what comes after the finding is done with.
 * @param kind how the finding's newest failure failed; null when none is kept.
 */
export const joins = (
  finding: { state: State; test: string; package: string | null; signature: string },
  kind: string | null,
  seen: Pick<Placed, "test" | "package" | "kind" | "signature">,
): boolean =>
  TAKES_MORE.has(finding.state) &&
  finding.test === seen.test &&
  finding.package === seen.package &&
  (finding.signature === seen.signature || kind === seen.kind);

/** The suite whose tests share what one of them may break: a Go parent test, or what the log names. */
const suiteOf = ({ test, suite }: Placed): string | null =>
  test.includes("/") ? (test.split("/")[0] ?? null) : suite;

/**
 * The failures of one job that one crash felled together with `seen`, `seen` left out: the test named as the cause, those
 * with the same cause, and the tests of one suite that crashed alike, with the suite's first failure before them, which
 * left the ruin behind.
 */
export function felledWith<T extends Placed>(seen: Placed, job: readonly T[]): T[] {
  const cause = seen.cascadeOf ?? seen.test;
  const named = job.filter((other) => other.test === cause || other.cascadeOf === cause);
  const suite = suiteOf(seen);
  const mates =
    suite === null ? [] : job.filter((other) => other.package === seen.package && suiteOf(other) === suite);
  const together = [...named, ...crashedAlike(mates, seen)];
  return [...new Set(together)].filter((other) => other.test !== seen.test);
}

/** Of a suite's failures, the crash that felled `seen` or that `seen` brought about; empty when there is none. */
function crashedAlike<T extends Placed>(mates: readonly T[], seen: Placed): T[] {
  const crashes = Map.groupBy(
    mates.filter((one) => CRASHES.has(one.kind)),
    (one) => one.signature,
  );
  for (const alike of crashes.values()) {
    if (new Set(alike.map((one) => one.test)).size < 2) continue;
    const begins = Math.min(...alike.map((one) => one.line));
    const [first] = mates.filter((one) => one.line < begins).sort((a, b) => a.line - b.line);
    const group = first === undefined ? alike : [first, ...alike];
    if (group.some((one) => one.test === seen.test)) return group;
  }
  return [];
}
