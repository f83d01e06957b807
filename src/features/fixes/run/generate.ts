import { redact } from "../../../kernel/text/redact.ts";
import type { FixCommit, FixSummary } from "../model.ts";
import { Agent } from "./agent.ts";
import { Batches, type Refusal } from "./batches.ts";
import { runCommandFixer } from "./command-fixer.ts";
import { type FixRun, msLeft, rulesOf, TaskEnd } from "./context.ts";
import { takePatch } from "./patch-fixer.ts";
import { phase } from "./phase.ts";
import { blamesProduct } from "./pr-body.ts";
import { fixerPrompt } from "./prompt.ts";
import type { Reproduction } from "./proof.ts";
import { readingList } from "./reading.ts";
import { settledByGit } from "./settle.ts";
import { type Target, targetsOf } from "./targets.ts";
import { textFaults } from "./text.ts";
import { Bench, type FinishCall } from "./tools.ts";
import { saveNote } from "./trajectory.ts";
import { currentPatch, subtractPatch, type Tree, type Trees } from "./trees.ts";

export interface Generated {
  commits: FixCommit[];
  patch: string;
  /** Why only a part was done; null when all of it was. */
  partial: string | null;
}

/** Lets the fixer work on each target in turn; what a gate objects to is tried again or rolled back. */
export async function generate(
  run: FixRun,
  trees: Trees,
  running: () => Promise<Tree>,
  before: Reproduction | null,
): Promise<Generated> {
  const batches = new Batches(run, trees, before ?? run.input.knownRate ?? null);
  await batches.begin();
  const targets = await targetsOf(run, trees.edit);
  const turns = new Turns(run, trees, running, before, batches);
  let partial: string | null = null;
  try {
    for (const [index, target] of targets.entries()) {
      if (target.name !== "") run.record.progress = { done: index, total: targets.length };
      if (batches.isDecided(target.files)) continue;
      if (batches.commits.length >= rulesOf(run).maxCommits && target.name !== "") {
        throw new TaskEnd("failed", "commit_limit", `the ${rulesOf(run).maxCommits} commits are made`);
      }
      await turns.work(target);
    }
    if (run.record.progress !== null) run.record.progress.done = targets.length;
  } catch (error) {
    if (batches.commits.length === 0 || run.deps.signal.aborted) throw error;
    if (error instanceof TaskEnd) partial = `${error.code}: ${error.message}`;
    else if (msLeft(run) === 0)
      partial = `time_limit: the task's ${run.input.budget.minutes} minutes are over`;
    else throw error;
  }
  batches.settle();
  const [lost] = turns.lost;
  if (batches.commits.length === 0 && lost !== undefined) throw new TaskEnd("failed", lost.code, lost.why);
  if (batches.commits.length === 0) throw new TaskEnd("failed", "no_change", "Nothing was changed.");
  return { commits: batches.commits, patch: batches.patch, partial };
}

/** One target at a time: the fixer's turn, the gates, and again where a gate objects. */
class Turns {
  /** Batches that were given up. */
  readonly lost: Refusal[] = [];
  readonly #run: FixRun;
  readonly #trees: Trees;
  readonly #running: () => Promise<Tree>;
  readonly #before: Reproduction | null;
  readonly #batches: Batches;

  constructor(
    run: FixRun,
    trees: Trees,
    running: () => Promise<Tree>,
    before: Reproduction | null,
    batches: Batches,
  ) {
    this.#run = run;
    this.#trees = trees;
    this.#running = running;
    this.#before = before;
    this.#batches = batches;
  }

  async work(target: Target): Promise<void> {
    const run = this.#run;
    const { retries } = rulesOf(run);
    const reading = await readingList(run, this.#trees.edit.dir, this.#before);
    const prompt = fixerPrompt(run, this.#before, reading, target.files);
    const agent =
      run.input.fixer.kind === "model" ? new Agent(run, new Bench(this.#trees, this.#running), prompt) : null;
    let objections = "";
    for (let round = 1; ; round++) {
      const text = `${prompt.system}\n\n${prompt.user}\n${objections}`;
      const finish = await phase(run, "GENERATE", turnWords(target), async () => ({
        result: (round === 1 ? settledByGit(run) : null) ?? (await this.#turn(agent, text, target)),
        detail: `round ${round}, ${run.record.steps} steps`,
      }));
      const refused = await phase(run, "VALIDATE", "checking the change", async () => {
        const result = await this.#judge(finish, target);
        return { result, detail: result.map((one) => one.code).join(", ") || "passed" };
      });
      if (refused.length === 0) return;
      const why = refused.map((one) => one.why).join("\n\n");
      await saveNote(run, "objection", why);
      if (round > retries) return await this.#giveUp(refused, retries);
      agent?.object(why);
      objections = `\nAn earlier try was not accepted:\n${redact(why)}\n`;
    }
  }

  async #turn(agent: Agent | null, prompt: string, target: Target): Promise<FinishCall> {
    if (agent !== null) return await agent.work();
    const { fixer } = this.#run.input;
    if (fixer.kind === "patch") return await takePatch(this.#run, this.#trees, fixer);
    const command = fixer.kind === "command" ? fixer.command : [];
    return await runCommandFixer(this.#run, this.#trees, command, prompt, target.files);
  }

  async #judge(finish: FinishCall, target: Target): Promise<Refusal[]> {
    const run = this.#run;
    const { replies, ...summary } = finish;
    const asked = new Set(run.input.reviewComments.map((comment) => comment.id));
    run.record.summary = run.record.progress === null ? summary : joined(run.record.summary, summary);
    run.record.replies = (replies ?? [])
      .filter((reply) => asked.has(reply.comment_id))
      .map((reply) => ({ commentId: reply.comment_id, text: redact(reply.text) }));
    if (blamesProduct(summary)) run.record.labels.add("potential-bug");
    else run.record.labels.delete("potential-bug");
    const early = await this.#early(summary);
    if (early !== "go on") return early;
    const changed = await this.#batches.changed();
    // of several targets one may need nothing
    if (changed.length === 0 && target.name !== "") return [];
    if (changed.length === 0) return [bare("no_change", "Nothing was changed.")];
    const [only] = changed;
    const faults = only === undefined || only.name !== "" ? [] : textFaults(summary.change, only.patch);
    if (faults.length > 0)
      return [bare("text_and_diff", `Your text does not say what the diff does: ${faults.join("; ")}.`)];
    const refused: Refusal[] = [];
    for (const batch of changed) {
      if (this.#batches.commits.length >= rulesOf(run).maxCommits) {
        throw new TaskEnd("failed", "commit_limit", `the ${rulesOf(run).maxCommits} commits are made`);
      }
      const refusal = await this.#batches.take(batch, summary);
      if (refusal !== null) refused.push(refusal);
    }
    return refused;
  }

  /** What is known before anything is run: a round of answers alone, or words that are missing. */
  async #early(summary: FixSummary): Promise<Refusal[] | "go on"> {
    const { input, record } = this.#run;
    const patch = input.kind === "task" ? "" : await currentPatch(this.#run, this.#trees);
    // what was put onto another base was never proven there
    if (input.kind === "address" && record.replies.length > 0 && record.moved === null) {
      if (subtractPatch(patch, input.resumePatch ?? "") === "") {
        await this.#batches.commit({ name: "", files: [], patch }, summary);
        return [];
      }
    }
    if (patch !== "" && input.earlierFixes.length > 0 && !rulesOutProduct(summary)) {
      const why =
        "This test was fixed before. Write in product_at_fault, in words, why the product is not the cause.";
      return [bare("product_not_ruled_out", why)];
    }
    return "go on";
  }

  async #giveUp(refused: Refusal[], retries: number): Promise<void> {
    const { record } = this.#run;
    const first = refused[0];
    if (first === undefined) return;
    this.lost.push(...refused);
    if (retries > 0) record.labels.add("aborted");
    for (const refusal of refused) await this.#batches.rollBack(refusal);
    if (retries > 0) throw new TaskEnd("failed", first.code, first.why);
  }
}

/** Words, and enough of them to be a reason; a bare "no" is none. */
const rulesOutProduct = ({ product_at_fault: said }: FixSummary): boolean =>
  said === true || (typeof said === "string" && said.trim().split(/\s+/).length >= 4);

/** A refusal that is about no file. */
const bare = (code: string, why: string): Refusal => ({ files: [], code, gate: code, labels: [], why });

const turnWords = (target: Target): string =>
  target.name === "" ? "the fixer works" : `the fixer works on ${target.name}`;

/** What was said of several targets, one after the other. */
function joined(before: FixSummary | null, now: FixSummary): FixSummary {
  if (before === null) return now;
  const both = (one: string, two: string, most: number) =>
    one.includes(two) ? one : `${one}\n\n${two}`.slice(0, most);
  return {
    mechanism: both(before.mechanism, now.mechanism, 6000),
    change: both(before.change, now.change, 4000),
    product_at_fault: blamesProduct(before) ? before.product_at_fault : now.product_at_fault,
  };
}
