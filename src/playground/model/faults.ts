/** An answer to give in place of the real one. */
export interface Fault {
  /** HTTP status; 200 when only `body` or `text` is given, 500 when nothing is. */
  status?: number;
  /** The answer's body as it stands: text, or JSON. */
  body?: string | object;
  /** A well-formed completion with this text, whatever was asked. */
  text?: string;
  /** Only for requests of this purpose. */
  purpose?: string;
  /** For how many requests; 1 when not given. */
  times?: number;
}

/** Faults that wait for the next requests, in the order they were given. */
export class Faults {
  readonly #waiting: Fault[] = [];

  /** Adds a fault for the next `times` completions. */
  next(fault: Fault): void {
    this.#waiting.push(...Array.from({ length: fault.times ?? 1 }, () => fault));
  }

  /** The fault for a request of this purpose, used up by asking. */
  take(purpose: string | null): Fault | undefined {
    const at = this.#waiting.findIndex((fault) => fault.purpose === undefined || fault.purpose === purpose);
    return at < 0 ? undefined : this.#waiting.splice(at, 1)[0];
  }
}
