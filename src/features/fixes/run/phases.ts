import type { Sha } from "../../../kernel/ids.ts";
import { clamp } from "../../../kernel/text/clamp.ts";
import { failedText, plural } from "../../../kernel/text/figures.ts";
import type { FixRun } from "./context.ts";
import { type Generated, generate } from "./generate.ts";
import { lastPhase, phase } from "./phase.ts";
import { type Reproduction, reproduce } from "./proof.ts";
import { onNewest } from "./rebase.ts";
import { settleConflict } from "./settle.ts";
import { freshTree, prepareTrees, type Tree, type Trees } from "./trees.ts";

/** Goes through the phases; gives the change that passed, and its base. Throws TaskEnd at every other ending. */
export async function work(run: FixRun, found: { base: Sha | null }): Promise<Generated> {
  const trees = await phase(run, "PREPARE", "cloning and setting up", async () => {
    await settleConflict(run);
    const prepared = await prepareTrees(run);
    found.base = prepared.base;
    return { result: prepared, detail: `base ${prepared.base.slice(0, 12)}` };
  });
  const { running, before } = await phase(run, "ANALYZE", "running the unchanged test", () =>
    analyze(run, trees),
  );
  const made = await generate(run, trees, running, before);
  const done = await lastPhase(run, "COMMIT", "looking whether the base moved", async () => {
    const moved = await onNewest(run, trees, made, before);
    found.base = moved.base;
    const where = moved.base === trees.base ? "" : `, rebased onto ${moved.base.slice(0, 12)}`;
    return { result: moved.made, detail: `${plural(moved.made.commits.length, "commit")}${where}` };
  });
  await lastPhase(run, "AGGREGATE", "adding up", async () => ({
    result: null,
    detail: `${run.record.gates.size} gates`,
  }));
  await lastPhase(run, "PR", "writing the description", async () => ({ result: null, detail: "pr.md" }));
  await lastPhase(run, "EXIT", "done", async () => ({ result: null, detail: "handed over" }));
  return done;
}

interface Analysis {
  /** The tree that tests run in; made when it is first needed. */
  running: () => Promise<Tree>;
  before: Reproduction | null;
}

async function analyze(run: FixRun, trees: Trees): Promise<{ result: Analysis; detail: string }> {
  let made: Promise<Tree> | null = null;
  const running = () => {
    made ??= freshTree(run, trees, "run");
    return made;
  };
  const { test } = run.input;
  // A second round starts from the changed code, where the failure is not to be seen any more.
  if (test === null || run.input.kind === "address") {
    return { result: { running, before: null }, detail: "nothing to reproduce" };
  }
  const before = await reproduce(run, await running(), test);
  const { failure: _, other, ...figures } = before;
  run.record.before = figures;
  if (other !== null)
    run.record.notes.push(
      `The test also failed in another way than was reported, in ${figures.otherwise ?? 0} of ${before.runs} runs before the change; these do not count as the failure: ${clamp(other.signature, 300)}`,
    );
  return { result: { running, before }, detail: failedText(before) };
}
