import type { FixResult, PHASES } from "../../features/fixes/model.ts";
import { inputOf, type Order, type OwnToken } from "../../features/fixes/nodes/order.ts";
import { type FixDeps, runFix } from "../../features/fixes/run/index.ts";
import { MINUTE, SECOND } from "../../kernel/clock.ts";
import { errorText } from "../../kernel/errors.ts";
import type { Log } from "../../kernel/log.ts";
import { redact } from "../../kernel/text/redact.ts";

export interface NodeDeps extends Omit<FixDeps, "onPhase"> {
  log: Log;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Tasks at once. */
  capacity: number;
  /** Used where the service sends no credential. */
  own: OwnToken | null;
}

interface InHand {
  order: Order;
  phase: (typeof PHASES)[number] | null;
  detail: string | null;
  stop: AbortController;
}

const REPORT_MS = 30 * SECOND;
const FIRST_PAUSE_MS = SECOND;
const LONGEST_PAUSE_MS = MINUTE;
const REPORT_TRIES = 30;
/** Answers that something between gives where the service is away; it says none of them itself. */
const NOT_ITS_OWN = new Set([404, 408, 425, 429]);

/** What a node has in hand. A task stays listed until its report was answered. */
export class NodeTasks {
  readonly #deps: NodeDeps;
  readonly #inHand = new Map<string, InHand>();

  constructor(deps: NodeDeps) {
    this.#deps = deps;
  }

  list() {
    return [...this.#inHand.values()].map(({ order, phase, detail }) => ({
      task: order.task_id,
      attempt: order.attempt,
      phase,
      detail,
    }));
  }

  /** Begins an attempt; one that is in hand already goes on. */
  take(order: Order): "taken" | "full" {
    const key = keyOf(order.task_id, order.attempt);
    if (this.#inHand.has(key)) return "taken";
    if (this.#inHand.size >= this.#deps.capacity) return "full";
    const entry: InHand = { order, phase: null, detail: null, stop: new AbortController() };
    this.#inHand.set(key, entry);
    void this.#work(entry).finally(() => this.#inHand.delete(key));
    return "taken";
  }

  cancel(task: string, attempt: number): void {
    this.#inHand.get(keyOf(task, attempt))?.stop.abort(new Error("the service wants it no more"));
  }

  async #work(entry: InHand): Promise<void> {
    const { log } = this.#deps;
    const { order, stop } = entry;
    const about = { task: order.task_id, attempt: order.attempt };
    log.info(about, "a task begins");
    const signal = AbortSignal.any([this.#deps.signal, stop.signal]);
    try {
      const onPhase: FixDeps["onPhase"] = async (phase, detail) => {
        entry.phase = phase;
        entry.detail = detail;
      };
      const said = await runFix(inputOf(order, this.#deps.own), { ...this.#deps, signal, onPhase }).then(
        reportOf,
        failed,
      );
      if (signal.aborted) return;
      await this.#report(order, said, signal);
    } catch (error) {
      log.warn({ ...about, error: redact(errorText(error)) }, "a task brought nothing");
    }
  }

  /** Tells the service until it answers; what it refuses is not said again. */
  async #report(order: Order, said: object, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#deps;
    const body = JSON.stringify({ task_id: order.task_id, branch_name: order.fix.branch, ...said });
    const headers = { "content-type": "application/json", authorization: `Bearer ${order.report_token}` };
    for (let tries = 1; ; tries++) {
      const timeout = AbortSignal.any([AbortSignal.timeout(REPORT_MS), signal]);
      const init = { method: "POST", headers, body, redirect: "error", signal: timeout } as const;
      const status = await this.#deps.fetch(order.report_url, init).then(
        (response) => response.status,
        () => null,
      );
      if (status !== null && status < 500 && !NOT_ITS_OWN.has(status)) {
        log.info({ task: order.task_id, attempt: order.attempt, status }, "a task was reported");
        return;
      }
      if (tries === REPORT_TRIES) throw new Error("the service did not answer the report");
      await clock.sleep(Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS), signal);
    }
  }
}

const keyOf = (task: string, attempt: number): string => `${task}/${attempt}`;

function reportOf(result: FixResult): object {
  const good = result.outcome === "done" || result.outcome === "done_with_risk";
  return good && result.patch !== null
    ? { status: "success", patch: result.patch, summary: result.summary }
    : failed(result.reason);
}

const failed = (error: unknown): object => ({
  status: "failed",
  error_message: redact(typeof error === "string" ? error : errorText(error)).slice(0, 4000),
});
