import { rateLimited } from "../limits.ts";
import type { Fault } from "../model.ts";
import { ApiError } from "./error.ts";

/** Faults that tests and the demo put in the way of the next calls. */
export class Faults {
  readonly #queue: (Fault & { left: number })[] = [];

  /** The next `times` (1) calls of `fault.method` fail so. */
  readonly next = (fault: Fault): void => {
    this.#queue.push({ ...fault, left: fault.times ?? 1 });
  };

  /** Takes the fault that is due for a method, if any. */
  take(method: string): Fault | undefined {
    const fault = this.#queue.find((one) => one.method === method);
    if (!fault) return undefined;
    fault.left -= 1;
    if (fault.left <= 0) this.#queue.splice(this.#queue.indexOf(fault), 1);
    return fault;
  }

  readonly clear = (): void => {
    this.#queue.length = 0;
  };
}

/** The error a fault means, or null for one that comes after the work. */
export function faultError(fault: Fault): ApiError | null {
  if (fault.dropAfterCommit || fault.holdAfterCommit) return null;
  if (fault.error === "ratelimited") return rateLimited(fault.retryAfter ?? 1);
  if (fault.status) return new ApiError(fault.error ?? `http_${fault.status}`, {}, fault.status);
  return new ApiError(fault.error ?? "internal_error");
}

/** A response whose connection breaks before its end. */
export const cutResponse = (): Response =>
  new Response(new ReadableStream({ pull: (controller) => controller.error(undefined) }));
