import type { Sha } from "../../../kernel/ids.ts";
import { redact } from "../../../kernel/text/redact.ts";
import type { Phase, Runs } from "../model.ts";
import { Agent } from "./agent.ts";
import { runCommandFixer } from "./command-fixer.ts";
import { checkAlive, type FixRun, TaskEnd } from "./context.ts";
import { blamesProduct } from "./pr-body.ts";
import { fixerPrompt } from "./prompt.ts";
import { type Reproduction, reproduce } from "./proof.ts";
import { readingList } from "./reading.ts";
import { Bench, type FinishCall } from "./tools.ts";
import { saveNote } from "./trajectory.ts";
import {
  currentPatch,
  freshTree,
  prepareTrees,
  subtractPatch,
  type Tree,
  type Trees,
  wholePatch,
} from "./trees.ts";
import { checkChange, judgeChange } from "./validate.ts";

/** Times the fixer may hand in its work. */
const ROUNDS = 3;

/** Goes through the phases; gives the patch that passed. Throws TaskEnd at every other ending. */
export async function work(run: FixRun, found: { base: Sha | null }): Promise<string> {
  const trees = await phase(run, "PREPARE", "cloning and setting up", async () => {
    const prepared = await prepareTrees(run);
    found.base = prepared.base;
    return { result: prepared, detail: `base ${prepared.base.slice(0, 12)}` };
  });
  const { running, before } = await phase(run, "ANALYZE", "running the unchanged test", () =>
    analyze(run, trees),
  );
  const patch = await generate(run, trees, running, before);
  await phase(run, "COMMIT", "writing the message", async () => ({ result: null, detail: "one commit" }));
  await phase(run, "AGGREGATE", "adding up", async () => ({
    result: null,
    detail: `${run.record.gates.size} gates`,
  }));
  await phase(run, "PR", "writing the description", async () => ({ result: null, detail: "pr.md" }));
  await phase(run, "EXIT", "done", async () => ({ result: null, detail: "handed over" }));
  return patch;
}

/** Runs one phase, tells that it began, and keeps how long it took whichever way it ended. */
async function phase<T>(
  run: FixRun,
  name: Phase,
  detail: string,
  body: () => Promise<{ result: T; detail: string }>,
): Promise<T> {
  const { clock, onPhase } = run.deps;
  checkAlive(run);
  await onPhase(name, detail);
  const started = clock.now();
  let ended = "not finished";
  try {
    const done = await body();
    ended = done.detail;
    return done.result;
  } finally {
    const seconds = (clock.now().getTime() - started.getTime()) / 1000;
    const entry = { name, started_at: started.toISOString(), seconds, detail: redact(ended) };
    run.record.phases.push(entry);
  }
}

interface Analysis {
  running: Tree;
  before: Reproduction | null;
}

async function analyze(run: FixRun, trees: Trees): Promise<{ result: Analysis; detail: string }> {
  const running = await freshTree(run, trees, "run");
  const { test } = run.input;
  // A second round starts from the changed code, where the failure is not to be seen any more.
  if (test === null || run.input.kind === "address") {
    return { result: { running, before: null }, detail: "nothing to reproduce" };
  }
  const before = await reproduce(run, running, test);
  run.record.before = { runs: before.runs, failures: before.failures };
  return { result: { running, before }, detail: `${before.failures} of ${before.runs} runs failed` };
}

/** The fixer works and hands in; what is not taken goes back to it with the reason. */
async function generate(
  run: FixRun,
  trees: Trees,
  running: Tree,
  before: Reproduction | null,
): Promise<string> {
  const { input } = run;
  const prompt = fixerPrompt(run, before, await readingList(run, trees.edit.dir, before));
  const agent = input.fixer.kind === "model" ? new Agent(run, new Bench(trees, running), prompt) : null;
  for (let round = 1; ; round++) {
    const finish = await phase(run, "GENERATE", "the fixer works", async () => ({
      result: await fixerTurn(run, trees, agent, `${prompt.system}\n\n${prompt.user}\n`),
      detail: `round ${round}, ${run.record.steps} steps`,
    }));
    const { patch, objection } = await phase(run, "VALIDATE", "checking the change", async () => {
      const result = await validate(run, trees, finish, before ?? input.knownRate ?? null, round);
      return { result, detail: result.objection === null ? "passed" : `${result.objection.code}` };
    });
    if (objection === null) return patch;
    await saveNote(run, "objection", objection.why);
    if (agent === null || round === ROUNDS) {
      if (round > 1) run.record.labels.add("aborted");
      throw new TaskEnd("failed", objection.code, objection.why);
    }
    agent.object(objection.why);
  }
}

async function fixerTurn(
  run: FixRun,
  trees: Trees,
  agent: Agent | null,
  prompt: string,
): Promise<FinishCall> {
  if (agent !== null) return await agent.work();
  const { fixer } = run.input;
  return await runCommandFixer(run, trees, fixer.kind === "command" ? fixer.command : [], prompt);
}

interface Validated {
  patch: string;
  objection: { code: string; why: string } | null;
}

async function validate(
  run: FixRun,
  trees: Trees,
  finish: FinishCall,
  before: Runs | null,
  round: number,
): Promise<Validated> {
  const { record, input } = run;
  const { replies, ...summary } = finish;
  record.summary = summary;
  const asked = new Set(input.reviewComments.map((comment) => comment.id));
  record.replies = (replies ?? [])
    .filter((reply) => asked.has(reply.comment_id))
    .map((reply) => ({ commentId: reply.comment_id, text: redact(reply.text) }));
  if (blamesProduct(summary)) record.labels.add("potential-bug");
  else record.labels.delete("potential-bug");
  const patch = await currentPatch(run, trees);
  const refuse = (code: string, why: string): Validated => ({ patch, objection: { code, why } });
  if (input.kind === "address" && isReplyOnly(run, patch)) return { patch, objection: null };
  if (patch === "") return refuse("no_change", "Nothing was changed.");
  if (input.earlierFixes.length > 0 && summary.product_at_fault === false) {
    const why =
      "This test was fixed before. Write in product_at_fault, in words, why the product is not the cause.";
    return refuse("product_not_ruled_out", why);
  }
  const refused = await judgeChange(run, patch, await wholePatch(run, trees, patch));
  if (refused !== null) return refuse("gate_refused", refused);
  const failed = await checkChange(run, trees, patch, before, round);
  return failed === null ? { patch, objection: null } : refuse(`${failed.gate}_failed`, failed.why);
}

/** A round may end with nothing but answers: the reviewer was right about nothing, or asked a question. */
const isReplyOnly = (run: FixRun, patch: string): boolean =>
  run.record.replies.length > 0 && subtractPatch(patch, run.input.resumePatch ?? "") === "";
