import type { Call, Engine, Heard } from "./engine.ts";
import type { Turns } from "./turns.ts";

/** A call, and whose turn it needs. */
export interface Request {
  call: Call;
  /** Somebody waits for it: its turn comes before those of jobs. */
  forPerson: boolean;
  /** The asker's own number of the transaction that it belongs to; null for none. */
  transaction: number | null;
  /** The transaction ends with it. */
  last?: boolean;
}

/** One of those who share an engine: its calls outside of a transaction and its transactions each wait for their turn. */
export class Session {
  /** What is open, or waits for its turn, with what its calls wait for. */
  private readonly begun = new Map<number, Promise<void>>();

  constructor(
    private readonly engine: Engine,
    private readonly turns: Turns,
    private readonly heard: Heard,
  ) {}

  /** Calls of one transaction are run in the order in which they come, beginning with the one that begins it. */
  async ask({ call, forPerson, transaction, last = false }: Request): Promise<unknown> {
    if (transaction === null) {
      await this.turns.take(forPerson);
      return this.engine.ask(call, this.heard).finally(() => this.turns.leave());
    }
    const turn = this.begun.get(transaction) ?? this.turns.take(forPerson);
    if (last) this.begun.delete(transaction);
    else this.begun.set(transaction, turn);
    await turn;
    const answer = this.engine.ask(call, this.heard);
    return last ? answer.finally(() => this.turns.leave()) : answer;
  }
}
