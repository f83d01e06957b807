import type { Clock } from "../../kernel/clock.ts";

/** A failure to inject into the requests that match; each match uses up one of `times`. */
export interface Fault {
  match: { method?: string; path?: RegExp };
  /** Answered instead of the real answer; the request has no effect. */
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  /** How many matching requests it hits. Default 1. */
  times?: number;
  /** The request takes effect, then the connection is dropped without an answer. */
  dropAfterCommit?: true;
  /** Milliseconds to wait before anything else. */
  delayMs?: number;
}

/** The failures that wait for a request. */
export class Faults {
  #armed: { fault: Fault; left: number }[] = [];

  constructor(private readonly clock: Clock) {}

  /** Arms one failure. Failures armed first are used up first. */
  next(fault: Fault): void {
    this.#armed.push({ fault, left: fault.times ?? 1 });
  }

  /** Disarms all failures that were not used. */
  clear(): void {
    this.#armed = [];
  }

  /** Uses up and returns the failure meant for a request, after its delay; null when there is none. */
  async take(method: string, path: string): Promise<Fault | null> {
    const entry = this.#armed.find(({ fault: { match } }) => {
      const methodFits = !match.method || match.method.toUpperCase() === method;
      return methodFits && (!match.path || match.path.test(path));
    });
    if (!entry) return null;
    entry.left -= 1;
    if (entry.left <= 0) this.#armed = this.#armed.filter((other) => other !== entry);
    if (entry.fault.delayMs) await this.clock.sleep(entry.fault.delayMs);
    return entry.fault;
  }
}

/** An answer that closes the connection before its first byte. */
export const droppedConnection = (): Response =>
  new Response(new ReadableStream({ start: (controller) => controller.error() }));
