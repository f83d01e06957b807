/** Counts what goes on in the background, so that a caller can wait for quiet. */
export class Activity {
  #open = 0;
  #waiters: (() => void)[] = [];

  /** Runs `work` as counted background work; its failure is handed to `onError`. */
  run(work: () => Promise<void>, onError: (error: unknown) => void): void {
    const end = this.begin();
    work().catch(onError).finally(end);
  }

  /** Counts something that goes on until the returned function is called. */
  begin(): () => void {
    this.#open += 1;
    let ended = false;
    return () => {
      if (!ended) this.#end();
      ended = true;
    };
  }

  /** Resolves when nothing goes on, at once when nothing does. */
  async idle(): Promise<void> {
    while (this.#open > 0) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  #end(): void {
    this.#open -= 1;
    if (this.#open > 0) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}

/** Runs asynchronous sections that share a key one after the other. */
export class Locks {
  readonly #tails = new Map<string, Promise<unknown>>();

  async run<T>(key: string, section: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const mine = before.then(section, section);
    this.#tails.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#tails.get(key) === mine) this.#tails.delete(key);
    }
  }
}
