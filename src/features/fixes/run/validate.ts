import { stressWords } from "../../../kernel/stress.ts";
import { clamp } from "../../../kernel/text/clamp.ts";
import { failedText, plural } from "../../../kernel/text/figures.ts";
import type { Runs } from "../model.ts";
import { commandGate, coverageGate, type Objection, type Sides, testsGate } from "./checks.ts";
import { type FixRun, rulesOf, setGate } from "./context.ts";
import { allowedPaths, diffSize, type GateFinding, judgePatch, parseDiff, worst } from "./gates/index.ts";
import { isTestPath } from "./gates/syntax/index.ts";
import { prove, runsNeeded } from "./proof.ts";
import { secretLines } from "./secrets.ts";
import { pathsOf, type Tree } from "./trees.ts";

/** Gates that only read the change: paths and restraint. Refusals come back as one objection. */
export async function judgeChange(run: FixRun, patch: string, whole = patch): Promise<Objection> {
  const paths = allowedPaths(parseDiff(patch), run.input.paths);
  const secrets = secretLines(patch);
  setGate(run, "secrets", secrets.length === 0, secrets.length === 0 ? "none" : secrets.join("\n"));
  const restraint = await judgePatch(whole, {
    evidence: run.input.evidence,
    policy: run.input.gates ?? {},
    overrules: run.input.overrules ?? [],
  });
  run.record.overruled = restraint.findings.filter((finding) => finding.overruled !== undefined);
  setGate(run, "paths", paths.length === 0, paths.length === 0 ? "only allowed paths" : lines(paths));
  const said = restraint.findings.filter((finding) => finding.rule !== "large-diff");
  setGate(
    run,
    "restraint",
    worst(said) === "allow",
    said.length === 0 ? "nothing to object to" : lines(said),
  );
  const large = tooLarge(run, patch, restraint.findings);
  setGate(run, "size", large === null, large ?? "small");
  note(run, "large-diff", large !== null);
  note(run, "needs-manual-review", worst(said) !== "allow");
  const refused = [...paths, ...restraint.findings].filter((finding) => finding.verdict === "refuse");
  const why = [...secrets, ...(refused.length === 0 ? [] : [lines(refused)])];
  return why.length === 0 ? null : `The change is refused:\n${why.join("\n")}`;
}

/** By the task's own bound where it names one, else by that of the restraint gates. */
function tooLarge(run: FixRun, patch: string, findings: readonly GateFinding[]): string | null {
  const { maxDiffLines } = rulesOf(run);
  if (maxDiffLines === null) return findings.find((finding) => finding.rule === "large-diff")?.text ?? null;
  const { lines } = diffSize(parseDiff(patch));
  return lines > maxDiffLines ? `${lines} changed lines, more than ${maxDiffLines}` : null;
}

function note(run: FixRun, label: string, on: boolean): void {
  if (on) run.record.labels.add(label);
  else run.record.labels.delete(label);
}

const lines = (findings: readonly GateFinding[]): string =>
  findings
    .map(
      (finding) =>
        `${finding.path}:${finding.line} ${finding.rule} (${finding.verdict}): ${finding.text}${finding.overruled === undefined ? "" : ` (overruled by ${finding.overruled})`}`,
    )
    .join("\n");

/** Everything that has to run: the proof, all tests, lint, types and coverage, in a fresh copy with only the patch. */
export async function checkChange(
  run: FixRun,
  sides: Sides,
  patch: string,
  before: Runs | null,
): Promise<{ gate: string; why: string } | null> {
  const stages: [string, () => Promise<Objection>][] = [
    ["proof", () => proofGate(run, sides.changed, patch, before)],
    ["tests", () => testsGate(run, sides, patch)],
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
  if (test === null && run.input.kind === "error") return unproven(run, patch);
  if (test === null) {
    setGate(run, "proof", true, "not configured");
    return null;
  }
  const proof = await prove(run, tree, test, before);
  const { failing, short: _, lost, ...after } = proof;
  run.record.after = after;
  const earlier = before === null ? "" : `${failedText(before)} before, `;
  const figures = `${earlier}${failedText(proof)} after`;
  setGate(run, "proof", failing === null, figures);
  if (failing !== null) {
    const under = proof.stress === undefined ? "" : ` ${stressWords(proof.stress)}`;
    const how =
      failing.otherwise === null
        ? ""
        : `, in another way than was reported (${clamp(failing.otherwise, 300)})`;
    return `The test still fails with your change${under}${how} (run ${proof.runs}):\n${failing.output.slice(-4000)}`;
  }
  if (lost > 0 && before?.stress !== undefined)
    run.record.notes.push(
      `${plural(lost, "run")} after the change ${stressWords(before.stress)} ran out of time, which may be the stress itself: counted neither way.`,
    );
  if (before?.failures === 0) {
    run.record.labels.add("needs-manual-review");
    run.record.notes.push(
      "The failure that was reported was not seen in our own runs before the change, so the runs after it prove little.",
    );
  } else if (proof.short) {
    run.record.labels.add("needs-manual-review");
    const got =
      lost > 0 ? `${proof.stress === undefined ? 0 : proof.runs} counted` : `the cap allowed ${proof.runs}`;
    run.record.notes.push(`The rate asks for ${runsNeeded(before)} runs after the change; ${got}.`);
  }
  return null;
}
