import type { PGlite, QueryOptions, Results, Transaction } from "@electric-sql/pglite";
import type { Call, Heard } from "./engine.ts";
import { type Line, throughDoor } from "./line.ts";
import type { Request } from "./session.ts";

/** What drizzle, the queue and the tests use of the embedded engine. */
export type Embedded = Pick<PGlite, "query" | "exec" | "transaction" | "listen" | "dumpDataDir" | "close">;

type Turn = Omit<Request, "call">;
type Handle = Pick<Transaction, "query" | "exec" | "rollback">;

/**
 * The embedded Postgres. There is one connection: while a transaction is open, everything else waits for its end.
 */
export class EmbeddedDatabase {
  private readonly listeners = new Map<number, (payload: string) => void>();
  private readonly line: Line;
  private listened = 0;
  private transactions = 0;

  private constructor(line: (heard: Heard) => Line) {
    this.line = line((listener, payload) => this.listeners.get(listener)?.(payload));
  }

  /**
   * Opens the database that lies in a folder of `dataDir`, or one in memory for `memory://`.
   * @param snapshot an image to begin with where there is none.
   */
  static async open(
    line: (heard: Heard) => Line,
    dataDir: string,
    snapshot: Blob | undefined,
  ): Promise<EmbeddedDatabase> {
    const database = new EmbeddedDatabase(line);
    const image = snapshot === undefined ? {} : { snapshot: await snapshot.arrayBuffer() };
    try {
      await database.ask({ do: "open", dataDir, ...image });
      return database;
    } catch (error) {
      database.line.end();
      throw error;
    }
  }

  /** A database that another thread has opened and closes; `port` is from its `door`. */
  static join(port: MessagePort): EmbeddedDatabase {
    return new EmbeddedDatabase((heard) => throughDoor(port, heard));
  }

  /** For another thread, which shares the database by it. */
  door(): MessagePort {
    return this.line.door();
  }

  /** Ends this thread's part in a database that another has opened. */
  leave(): void {
    this.line.end();
  }

  /** The same database for those with a person waiting: their turn comes before that of others. */
  forPeople(): Pick<Embedded, "query" | "transaction"> {
    return {
      query: (text, params = [], options = {}) => this.run(text, params, options, { forPerson: true }),
      transaction: (work) => this.transact(work, true),
    };
  }

  async query<T>(text: string, params: unknown[] = [], options: QueryOptions = {}): Promise<Results<T>> {
    return this.run<T>(text, params, options);
  }

  async exec(text: string): Promise<Results[]> {
    return this.runAll(text);
  }

  /** @throws what `work` throws, after a rollback; an error if the database rolled back where it should commit. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.transact(work, false);
  }

  private async transact<T>(work: (tx: Transaction) => Promise<T>, forPerson: boolean): Promise<T> {
    this.transactions += 1;
    const turn = { forPerson, transaction: this.transactions };
    let open = true;
    const within = <R>(statement: () => Promise<R>): Promise<R> =>
      open ? statement() : Promise.reject(new Error("the transaction is closed"));
    const finish = (how: "commit" | "rollback"): Promise<Results[]> => {
      open = false;
      return this.runAll(how, { ...turn, last: true });
    };
    const handle: Handle = {
      query: (text, params = [], options = {}) => within(() => this.run(text, params, options, turn)),
      exec: (text) => within(() => this.runAll(text, turn)),
      rollback: () => within(async () => void (await finish("rollback"))),
    };
    const begun = this.runAll("begin", turn);
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
    await this.ask({ do: "listen", channel, listener });
    return async () => {
      this.listeners.delete(listener);
      await this.ask({ do: "unlisten", listener });
    };
  }

  async dumpDataDir(): Promise<Blob> {
    // the engine answers a dump with its bytes
    const bytes = (await this.ask({ do: "dump" })) as ArrayBuffer;
    return new Blob([bytes]);
  }

  async close(): Promise<void> {
    await this.ask({ do: "close" });
    this.line.end();
  }

  private run<T>(
    text: string,
    params: unknown[],
    options: QueryOptions,
    turn: Partial<Turn> = {},
  ): Promise<Results<T>> {
    // drizzle reads times as they are written: its parsers hand the text on, and no function crosses to its thread
    const texts = Object.keys(options.parsers ?? {}).map(Number);
    const statement = { text, params, rowMode: options.rowMode ?? "object", texts };
    // the engine answers a statement with its rows; of what type they are, the caller knows
    return this.ask({ do: "query", statement }, turn) as Promise<Results<T>>;
  }

  private runAll(text: string, turn: Partial<Turn> = {}): Promise<Results[]> {
    const alone = turn.transaction === undefined;
    // the engine answers with the results of each statement
    return this.ask({ do: "exec", text, alone }, turn) as Promise<Results[]>;
  }

  private ask(call: Call, turn: Partial<Turn> = {}): Promise<unknown> {
    return this.line.ask({ call, forPerson: false, transaction: null, ...turn });
  }
}
