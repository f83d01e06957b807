import type { Gate, GateFinding } from "../finding.ts";
import { contains, factsOn, fresh, likeness, type Placed, pairUp, unmatched } from "./compare.ts";

/** A test that is gone, empty, or moved to where no runner looks. A test that was renamed, moved or split is none of these. */
export const noDeletedTests: Gate = (change) => {
  const leaves = (side: "before" | "after") => factsOn(change, side, "test").filter((test) => !test.group);
  const [before, after] = [leaves("before"), leaves("after")];
  const left = unmatched(before, after, (test) => test.test);
  // Groups may have been renamed around a test that stayed.
  const byOwnName = unmatched(left.gone, left.fresh, (test) => test.key);
  const like = (a: Placed, b: Placed) => likeness(a.args[0] ?? "", b.args[0] ?? "");
  const renamed = pairUp(byOwnName.gone, byOwnName.fresh, like, 0.4);
  const findings: GateFinding[] = [];
  let others = renamed.fresh.length;
  for (const test of renamed.gone) {
    // A part of a test that went as a whole is told with it.
    if (renamed.gone.some((outer) => test.test.startsWith(`${outer.test} > `))) continue;
    const merged = after.some((other) => contains(other.args[0] ?? "", test.args[0] ?? ""));
    const replaced = merged || others-- > 0;
    const text = replaced
      ? `the test ${test.key} is gone; another one came`
      : `the test ${test.key} is gone, or no runner finds it`;
    findings.push({
      rule: replaced ? "replaced-test" : "deleted-test",
      verdict: replaced ? "label" : "refuse",
      path: test.path,
      line: test.line,
      text,
    });
  }
  const spoke = new Set(before.filter((test) => !test.empty).map((test) => test.key));
  for (const test of after) {
    if (
      !test.empty ||
      !(spoke.has(test.key) || renamed.pairs.some(([old, now]) => now === test && !old.empty))
    )
      continue;
    findings.push({
      rule: "deleted-test",
      verdict: "refuse",
      path: test.path,
      line: test.line,
      text: `the test ${test.key} has no body any more`,
    });
  }
  return findings;
};

/** A new skip, narrowing, expected failure or build condition: the test would no longer say anything. */
export const noSkips: Gate = (change) => {
  const known = new Set(factsOn(change, "before", "test").map((test) => test.key));
  const isNewFile = (path: string) =>
    change.diff.files.some((file) => file.path === path && file.status === "added") &&
    !factsOn(change, "after", "test").some((test) => test.path === path && known.has(test.key));
  const calls = fresh(change, "skip", (fact) => fact.inTest);
  const marks = change.files.flatMap((file) =>
    fresh(
      { ...change, files: [file] },
      "mark",
      (mark) =>
        file.spec.skipMark.test(mark.shown.replace(/\s*\(\s*/g, "(")) &&
        !isSettled(mark, file.before) &&
        !(mark.test === "" && isNewFile(mark.path)),
    ),
  );
  return [...calls, ...marks, ...unconditionalReturns(change)].map(
    (fact): GateFinding => ({
      rule: "skip",
      verdict: "refuse",
      path: fact.path,
      line: fact.line,
      text: `a test is skipped, narrowed or switched off: ${fact.shown}`,
    }),
  );
};

/** A new test that is expected to panic says something; an old one that now is does not. */
const isSettled = (mark: Placed, before: readonly { kind: string; test: string }[]): boolean =>
  /should_panic|^abstract$/.test(mark.shown) &&
  !before.some((fact) => fact.kind === "test" && fact.test === mark.test);

const ELSEWHERE =
  /\bCI\b|GITHUB|environ|getenv|GOOS|platform|NumCPU|cpus\(|hostname|isCI|slow|flaky|Short\(\)|cfg!/i;

function newReturns(change: Parameters<Gate>[0]): Placed[] {
  const own = (fact: Placed) =>
    !/^(?:continue|done)$/.test(fact.key) && fact.fn === fact.test.split(" > ").at(-1);
  return fresh(change, "return", own).filter((leave) =>
    mayMiss(factsOn(change, "after", "assert", "wait"), leave),
  );
}

/** Whether something is looked at behind it; where a test looks by its helpers alone, anything is. */
function mayMiss(looks: readonly Placed[], leave: Placed): boolean {
  const own = looks.filter((fact) => fact.path === leave.path && fact.test === leave.test);
  return own.length === 0 ? leave.place.guards.length > 0 : own.some((fact) => fact.line > leave.line);
}

const unconditionalReturns = (change: Parameters<Gate>[0]): Placed[] =>
  newReturns(change).filter(
    ({ place }) =>
      place.loop === "none" &&
      (place.guards.length === 0 ||
        place.guards.some((guard) => ELSEWHERE.test(guard) || /^\(?(?:true|1|True)\)?$/.test(guard))),
  );

/** A way out of the test before its assertions. */
export const noEarlyReturns: Gate = (change) => {
  const refused = new Set(unconditionalReturns(change).map((leave) => `${leave.path}:${leave.line}`));
  const leaves = newReturns(change).filter((leave) => !refused.has(`${leave.path}:${leave.line}`));
  return [
    ...leaves.map(({ path, line, place }): GateFinding => {
      const text = `the test may end before its assertions, if ${place.guards.at(-1) ?? "the loop leaves"}`;
      return { rule: "early-return", verdict: "label", path, line, text };
    }),
    ...leftOut(change),
  ];
};

/** Rounds of a loop that end before what they would look at, and inputs that a generated test does not take. */
function leftOut(change: Parameters<Gate>[0]): GateFinding[] {
  const asserts = factsOn(change, "after", "assert");
  const rounds = fresh(change, "return", (fact) => fact.key === "continue").filter((leave) =>
    asserts.some(
      ({ path, test, line }) => path === leave.path && test.startsWith(leave.test) && line > leave.line,
    ),
  );
  const early = fresh(change, "return", (fact) => fact.key === "done").map(
    ({ path, line }): GateFinding => ({
      rule: "early-return",
      verdict: "label",
      path,
      line,
      text: "the test says that it is done before its callbacks ran",
    }),
  );
  const inputs = [...rounds, ...fresh(change, "narrow", (fact) => fact.inTest)].map(
    ({ path, line, shown, place }): GateFinding => ({
      rule: "early-return",
      verdict: "label",
      path,
      line,
      text: `inputs are left out: ${place.guards.at(-1) ?? shown}`,
    }),
  );
  return [...early, ...inputs];
}

/** Rows of tables that went; each was a test of its own. */
export const keepsCases: Gate = (change) =>
  change.files.flatMap((file) => {
    const on = (side: "before" | "after") => factsOn({ ...change, files: [file] }, side, "case");
    const [before, after] = [on("before"), on("after")];
    return [...new Set(before.map((row) => row.test))].flatMap((test): GateFinding[] => {
      const ofTest = (rows: Placed[]) => rows.filter((row) => row.test === test);
      const exists = test === "" || file.after.some((fact) => fact.test === test);
      const net = ofTest(before).length - ofTest(after).length;
      if (!exists || net <= 0) return [];
      const row = unmatched(ofTest(before), ofTest(after), (each) => each.text).gone[0];
      if (row === undefined) return [];
      return [
        {
          rule: "lost-case",
          verdict: "label",
          path: file.path,
          line: row.line,
          text: `${net} row(s) fewer in a table of tests: ${row.shown}`,
        },
      ];
    });
  });
