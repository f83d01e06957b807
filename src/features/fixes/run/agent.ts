import { errorText, RefusedError, TransientError } from "../../../kernel/errors.ts";
import type { ModelMessage, ModelReply, ModelToolCall } from "../../../ports/model.ts";
import { checkAlive, type FixRun, TaskEnd } from "./context.ts";
import { type Bench, callTool, type FinishCall, TOOLS } from "./tools.ts";
import { saveStep } from "./trajectory.ts";

const NONSENSE_IN_A_ROW = 5;
const TRIES = 4;
const FIRST_PAUSE_MS = 1000;
/** Characters of conversation above which the oldest tool results are left out. */
const MAX_CONVERSATION = 400_000;

/**
 * The loop of the model that fixes: ask, do what it asks for with the tools, ask again. Limits are looked at before
 * every step, and each way to end has a name.
 */
export class Agent {
  readonly #run: FixRun;
  readonly #bench: Bench;
  readonly #messages: ModelMessage[];
  #nonsense = 0;
  #finishId: string | null = null;

  constructor(run: FixRun, bench: Bench, prompt: { system: string; user: string }) {
    this.#run = run;
    this.#bench = bench;
    this.#messages = [
      { role: "system", content: prompt.system },
      { role: "user", content: prompt.user },
    ];
  }

  /** Goes on until the model calls `finish`; throws TaskEnd at any other ending. */
  async work(): Promise<FinishCall> {
    for (;;) {
      this.#checkLimits();
      const reply = await this.#ask();
      const { record } = this.#run;
      record.steps++;
      record.tokens += reply.usage.inputTokens + reply.usage.outputTokens;
      record.usd += reply.usage.usd;
      this.#messages.push({ role: "assistant", content: reply.text, toolCalls: reply.toolCalls });
      const { finish, results } = await this.#answer(reply);
      await saveStep(this.#run, { reply, results });
      await this.#run.deps.onPhase("GENERATE", `step ${record.steps}`, {
        done: record.steps,
        total: this.#run.input.budget.steps,
      });
      if (finish !== null) return finish;
      if (this.#nonsense >= NONSENSE_IN_A_ROW) {
        const said = reply.text?.slice(0, 300) ?? "";
        throw new TaskEnd(
          "failed",
          "model_nonsense",
          `the model made no sense ${this.#nonsense} times in a row. ${said}`,
        );
      }
    }
  }

  /** Tells the model why its work was not taken; it can go on from there. */
  object(why: string): void {
    const text = `Not accepted yet. ${why}\nChange your work and call finish again.`;
    if (this.#finishId === null) this.#messages.push({ role: "user", content: text });
    else this.#messages.push({ role: "tool", toolCallId: this.#finishId, content: text });
    this.#finishId = null;
  }

  #checkLimits(): void {
    checkAlive(this.#run);
    const { budget } = this.#run.input;
    const { steps, usd } = this.#run.record;
    if (steps >= budget.steps)
      throw new TaskEnd("failed", "step_limit", `the ${budget.steps} steps are used up`);
    if (usd >= budget.usd) throw new TaskEnd("failed", "budget", `the budget of $${budget.usd} is used up`);
  }

  async #ask(): Promise<ModelReply> {
    const { deps, input, signal } = this.#run;
    shorten(this.#messages);
    for (let attempt = 1; ; attempt++) {
      try {
        const purpose = input.kind === "address" ? "address" : "fix";
        return await deps.model.ask({ purpose, messages: this.#messages, tools: TOOLS, signal });
      } catch (error) {
        checkAlive(this.#run);
        if (error instanceof RefusedError) throw new TaskEnd("failed", "model_refused", errorText(error));
        if (!(error instanceof TransientError)) throw error;
        if (attempt === TRIES) throw new TaskEnd("failed", "model_unavailable", errorText(error));
        await deps.clock
          .sleep(error.retryAfterMs ?? FIRST_PAUSE_MS * 2 ** attempt, signal)
          .catch(() => checkAlive(this.#run));
      }
    }
  }

  async #answer(reply: ModelReply): Promise<{ finish: FinishCall | null; results: string[] }> {
    if (reply.toolCalls.length === 0) {
      this.#nonsense++;
      this.#messages.push({ role: "user", content: "Use a tool. When the work is done, call finish." });
      return { finish: null, results: [] };
    }
    let finish: FinishCall | null = null;
    const results: string[] = [];
    for (const call of reply.toolCalls) {
      checkAlive(this.#run);
      const result: string | FinishCall =
        finish === null ? await this.#call(call) : "not done: finish came before it";
      if (typeof result === "string") {
        this.#messages.push({ role: "tool", toolCallId: call.id, content: result });
        results.push(result);
        continue;
      }
      finish = result;
      this.#finishId = call.id;
      results.push("finish");
    }
    return { finish, results };
  }

  async #call(call: ModelToolCall): Promise<string | FinishCall> {
    const outcome = await callTool(this.#run, this.#bench, call.name, call.arguments);
    this.#nonsense = outcome.kind === "nonsense" ? this.#nonsense + 1 : 0;
    return outcome.kind === "finish" ? outcome.call : outcome.text;
  }
}

/** Empties the oldest tool results where a conversation has grown too long; the last few always stay. */
function shorten(messages: ModelMessage[]): void {
  const size = () => messages.reduce((sum, message) => sum + (message.content?.length ?? 0), 0);
  for (const message of messages.slice(0, -6)) {
    if (size() <= MAX_CONVERSATION) return;
    if (message.role === "tool") message.content = "[left out: too long ago]";
  }
}
