import type { Runs } from "../model.ts";
import { commandGate, coverageGate, type Objection, testsGate } from "./checks.ts";
import { type FixRun, setGate } from "./context.ts";
import { allowedPaths, type GateFinding, judgePatch, parseDiff, worst } from "./gates/index.ts";
import { isTestPath } from "./gates/languages.ts";
import { prove, runsNeeded } from "./proof.ts";
import { freshTree, pathsOf, syncFiles, type Tree, type Trees } from "./trees.ts";

/** Gates that only read the change: paths and restraint. Refusals come back as one objection. */
export function judgeChange(run: FixRun, patch: string): Objection {
  const paths = allowedPaths(parseDiff(patch), run.input.paths);
  const restraint = judgePatch(patch, { evidence: run.input.evidence });
  setGate(run, "paths", paths.length === 0, paths.length === 0 ? "only allowed paths" : lines(paths));
  const said = restraint.findings.filter((finding) => finding.rule !== "large-diff");
  setGate(
    run,
    "restraint",
    worst(said) === "allow",
    said.length === 0 ? "nothing to object to" : lines(said),
  );
  const large = restraint.findings.find((finding) => finding.rule === "large-diff");
  setGate(run, "size", large === undefined, large?.text ?? "small");
  note(run, "large-diff", large !== undefined);
  note(run, "needs-manual-review", worst(said) !== "allow");
  const refused = [...paths, ...restraint.findings].filter((finding) => finding.verdict === "refuse");
  return refused.length === 0 ? null : `The change is refused:\n${lines(refused)}`;
}

function note(run: FixRun, label: string, on: boolean): void {
  if (on) run.record.labels.add(label);
  else run.record.labels.delete(label);
}

const lines = (findings: readonly GateFinding[]): string =>
  findings
    .map((finding) => `${finding.path}:${finding.line} ${finding.rule} (${finding.verdict}): ${finding.text}`)
    .join("\n");

/** Everything that has to run: the proof, all tests, lint, types and coverage, in a fresh copy with only the patch. */
export async function checkChange(
  run: FixRun,
  trees: Trees,
  patch: string,
  before: Runs | null,
  round: number,
): Promise<{ gate: string; why: string } | null> {
  const changed = await freshTree(run, trees, `after-${round}`);
  await syncFiles(run, trees, changed, pathsOf(patch));
  let base: Tree | null = null;
  const sides = {
    changed,
    base: async () => {
      base ??= await freshTree(run, trees, `base-${round}`);
      return base;
    },
  };
  const stages: [string, () => Promise<Objection>][] = [
    ["proof", () => proofGate(run, changed, patch, before)],
    ["tests", () => testsGate(run, sides)],
    ["lint", () => commandGate(run, sides, "lint")],
    ["types", () => commandGate(run, sides, "types")],
    ["coverage", () => coverageGate(run, sides)],
  ];
  for (const [gate, stage] of stages) {
    const why = await stage();
    if (why !== null) return { gate, why };
  }
  return null;
}

/** What happened in a running service was not made to happen here: a test that comes with the change is what is there. */
function unproven(run: FixRun, patch: string): Objection {
  if (run.input.kind !== "error") return null;
  const tests = pathsOf(patch).filter(isTestPath);
  note(run, "needs-manual-review", tests.length === 0 || run.record.labels.has("needs-manual-review"));
  run.record.notes = [
    tests.length === 0
      ? "The error was not made to happen here, and no test of it comes with the change: read it with care."
      : `The error was not made to happen here before the change; ${tests.join(", ")} is to keep it from coming back.`,
  ];
  setGate(
    run,
    "proof",
    tests.length > 0,
    tests.length > 0 ? "a test comes with it" : "no test comes with it",
  );
  return null;
}

async function proofGate(run: FixRun, tree: Tree, patch: string, before: Runs | null): Promise<Objection> {
  const { test } = run.input;
  if (test === null) return unproven(run, patch);
  const proof = await prove(run, tree, test, before);
  run.record.after = { runs: proof.runs, failures: proof.failures };
  const earlier = before === null ? "" : `${before.failures} of ${before.runs} runs failed before, `;
  const figures = `${earlier}${proof.failures} of ${proof.runs} runs failed after`;
  setGate(run, "proof", proof.failing === null, figures);
  if (proof.failing !== null) {
    return `The test still fails with your change (run ${proof.runs}):\n${proof.failing.output.slice(-4000)}`;
  }
  if (before?.failures === 0) {
    run.record.labels.add("needs-manual-review");
    run.record.notes.push(
      "The failure was not seen in our own runs before the change, so the runs after it prove little.",
    );
  } else if (proof.short) {
    run.record.labels.add("needs-manual-review");
    run.record.notes.push(
      `The rate asks for ${runsNeeded(before)} runs after the change; the cap allowed ${proof.runs}.`,
    );
  }
  return null;
}
