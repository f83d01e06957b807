import type { PGlite, QueryOptions, Results, Transaction } from "@electric-sql/pglite";
import type { Line, Notified } from "./line.ts";
import { Turns } from "./turns.ts";

/** What drizzle, the queue and the tests use of the embedded engine. */
export type Embedded = Pick<PGlite, "query" | "exec" | "transaction" | "listen" | "dumpDataDir" | "close">;

type Handle = Pick<Transaction, "query" | "exec" | "rollback">;

/**
 * The embedded Postgres. There is one connection: while a transaction is open, everything else waits for its end.
 */
export class EmbeddedDatabase {
  private readonly listeners = new Map<number, (payload: string) => void>();
  private readonly line: Line;
  private readonly turns = new Turns();
  private listened = 0;

  private constructor(line: (notified: Notified) => Line) {
    this.line = line((listener, payload) => this.listeners.get(listener)?.(payload));
  }

  /**
   * Opens the database that lies in a folder of `dataDir`, or one in memory for `memory://`.
   * @param snapshot an image to begin with where there is none.
   */
  static async open(
    line: (notified: Notified) => Line,
    dataDir: string,
    snapshot: Blob | undefined,
  ): Promise<EmbeddedDatabase> {
    const database = new EmbeddedDatabase(line);
    const image = snapshot === undefined ? {} : { snapshot: await snapshot.arrayBuffer() };
    try {
      await database.line.ask({ do: "open", dataDir, ...image });
      return database;
    } catch (error) {
      database.line.end();
      throw error;
    }
  }

  /** The same database for those with a person waiting: their turn comes before that of others. */
  forPeople(): Pick<Embedded, "query" | "transaction"> {
    return {
      query: (text, params = [], options = {}) => this.inTurn(() => this.run(text, params, options), true),
      transaction: (work) => this.transact(work, true),
    };
  }

  async query<T>(text: string, params: unknown[] = [], options: QueryOptions = {}): Promise<Results<T>> {
    return this.inTurn(() => this.run<T>(text, params, options));
  }

  async exec(text: string): Promise<Results[]> {
    return this.inTurn(() => this.runAll(text, true));
  }

  /** @throws what `work` throws, after a rollback; an error if the database rolled back where it should commit. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.transact(work, false);
  }

  private async transact<T>(work: (tx: Transaction) => Promise<T>, forPerson: boolean): Promise<T> {
    await this.turns.take(forPerson);
    let open = true;
    const within = <R>(statement: () => Promise<R>): Promise<R> =>
      open ? statement() : Promise.reject(new Error("the transaction is closed"));
    /** The next may ask as soon as the last statement is on its way: calls are answered in their order. */
    const finish = (how: "commit" | "rollback"): Promise<Results[]> => {
      open = false;
      const done = this.runAll(how);
      this.turns.leave();
      return done;
    };
    const handle: Handle = {
      query: (text, params = [], options = {}) => within(() => this.run(text, params, options)),
      exec: (text) => within(() => this.runAll(text)),
      rollback: () => within(async () => void (await finish("rollback"))),
    };
    const begun = this.runAll("begin");
    begun.catch(() => {});
    try {
      // drizzle and the queue use no more of a transaction than this
      const result = await work(handle as Transaction);
      await begun;
      if (!open) return result;
      const [done] = await finish("commit");
      if (done?.command === "ROLLBACK") throw new Error("the transaction had failed and was not committed");
      return result;
    } catch (error) {
      if (open) await finish("rollback");
      throw error;
    }
  }

  async listen(channel: string, callback: (payload: string) => void): Promise<() => Promise<void>> {
    this.listened += 1;
    const listener = this.listened;
    this.listeners.set(listener, callback);
    await this.inTurn(() => this.line.ask({ do: "listen", channel, listener }));
    return async () => {
      this.listeners.delete(listener);
      await this.inTurn(() => this.line.ask({ do: "unlisten", listener }));
    };
  }

  async dumpDataDir(): Promise<Blob> {
    // the engine answers a dump with its bytes
    const bytes = (await this.inTurn(() => this.line.ask({ do: "dump" }))) as ArrayBuffer;
    return new Blob([bytes]);
  }

  async close(): Promise<void> {
    await this.inTurn(() => this.line.ask({ do: "close" }));
    this.line.end();
  }

  private run<T>(text: string, params: unknown[], options: QueryOptions): Promise<Results<T>> {
    // drizzle reads times as they are written: its parsers hand the text on, and no function crosses to its thread
    const texts = Object.keys(options.parsers ?? {}).map(Number);
    const statement = { text, params, rowMode: options.rowMode ?? "object", texts };
    // the engine answers a statement with its rows; of what type they are, the caller knows
    return this.line.ask({ do: "query", statement }) as Promise<Results<T>>;
  }

  private runAll(text: string, alone = false): Promise<Results[]> {
    // the engine answers with the results of each statement
    return this.line.ask({ do: "exec", text, alone }) as Promise<Results[]>;
  }

  /** Sends `statement` while no transaction is open. */
  private async inTurn<R>(statement: () => Promise<R>, forPerson = false): Promise<R> {
    await this.turns.take(forPerson);
    const answer = statement();
    this.turns.leave();
    return answer;
  }
}
