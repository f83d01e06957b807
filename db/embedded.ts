import type { PGlite, QueryOptions, Results, Transaction } from "@electric-sql/pglite";
import type { Answer, Call } from "./embedded-worker.ts";

/** What drizzle, the queue and the tests use of the embedded engine. */
export type Embedded = Pick<PGlite, "query" | "exec" | "transaction" | "listen" | "dumpDataDir" | "close">;

type Settle = { resolve: (value: unknown) => void; reject: (error: Error) => void };
type Handle = Pick<Transaction, "query" | "exec" | "rollback">;

/**
 * The embedded Postgres in a thread of its own, so that a statement stops nobody but those who wait for it. There is one
 * connection: while a transaction is open, everything else waits for its end.
 */
export class EmbeddedThread {
  private readonly thread = new Worker(new URL("./embedded-worker.ts", import.meta.url));
  private readonly waiting = new Map<number, Settle>();
  private readonly listeners = new Map<number, (payload: string) => void>();
  private readonly turns: (() => void)[] = [];
  private held = false;
  private asked = 0;
  private gone: Error | null = null;

  private constructor(lost: (error: Error) => void) {
    const lose = (why: string) => {
      if (this.gone !== null) return;
      this.gone = new Error(`The embedded database has stopped (${why}). Start the process again.`);
      for (const { reject } of this.waiting.values()) reject(this.gone);
      this.waiting.clear();
      lost(this.gone);
    };
    this.thread.onmessage = ({ data }: MessageEvent<Answer>) => this.hear(data, lose);
    this.thread.onerror = ({ message }) => lose(message);
    this.thread.addEventListener("close", () => lose("its thread ended"));
  }

  /**
   * Starts the thread and opens the database.
   * @param dataDir the data folder; the database lies in a folder of it.
   * @param lost is told once if the thread stops by itself.
   */
  static async open(
    dataDir: string,
    snapshot: Blob | undefined,
    lost: (error: Error) => void,
  ): Promise<EmbeddedThread> {
    const thread = new EmbeddedThread(lost);
    const image = snapshot === undefined ? {} : { snapshot: await snapshot.arrayBuffer() };
    try {
      await thread.ask({ do: "open", dataDir, ...image });
      return thread;
    } catch (error) {
      thread.end();
      throw error;
    }
  }

  async query<T>(text: string, params: unknown[] = [], options: QueryOptions = {}): Promise<Results<T>> {
    return this.inTurn(() => this.run<T>(text, params, options));
  }

  async exec(text: string): Promise<Results[]> {
    return this.inTurn(() => this.runAll(text, true));
  }

  /** @throws what `work` throws, after a rollback; an error if the database rolled back where it should commit. */
  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    await this.take();
    let open = true;
    const within = <R>(statement: () => Promise<R>): Promise<R> =>
      open ? statement() : Promise.reject(new Error("the transaction is closed"));
    /** The next may ask as soon as the last statement is on its way: calls are answered in their order. */
    const finish = (how: "commit" | "rollback"): Promise<Results[]> => {
      open = false;
      const done = this.runAll(how);
      this.leave();
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
    this.asked += 1;
    const listener = this.asked;
    this.listeners.set(listener, callback);
    await this.inTurn(() => this.ask({ do: "listen", channel, listener }));
    return async () => {
      this.listeners.delete(listener);
      await this.inTurn(() => this.ask({ do: "unlisten", listener }));
    };
  }

  async dumpDataDir(): Promise<Blob> {
    // the thread answers a dump with its bytes
    const bytes = (await this.inTurn(() => this.ask({ do: "dump" }))) as ArrayBuffer;
    return new Blob([bytes]);
  }

  async close(): Promise<void> {
    await this.inTurn(() => this.ask({ do: "close" }));
    this.end();
  }

  private run<T>(text: string, params: unknown[], options: QueryOptions): Promise<Results<T>> {
    // drizzle reads times as they are written: its parsers hand the text on, and no function crosses to the thread
    const texts = Object.keys(options.parsers ?? {}).map(Number);
    const statement = { text, params, rowMode: options.rowMode ?? "object", texts };
    // the thread answers a statement with its rows; of what type they are, the caller knows
    return this.ask({ do: "query", statement }) as Promise<Results<T>>;
  }

  private runAll(text: string, alone = false): Promise<Results[]> {
    // the thread answers with the results of each statement
    return this.ask({ do: "exec", text, alone }) as Promise<Results[]>;
  }

  private ask(call: Call): Promise<unknown> {
    if (this.gone !== null) return Promise.reject(this.gone);
    this.asked += 1;
    const id = this.asked;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.thread.postMessage({ id, call });
    });
  }

  private hear(answer: Answer, lose: (why: string) => void): void {
    if ("lost" in answer) lose(answer.lost);
    else if ("listener" in answer) this.listeners.get(answer.listener)?.(answer.payload);
    else {
      const asked = this.waiting.get(answer.id);
      this.waiting.delete(answer.id);
      if ("failed" in answer) asked?.reject(Object.assign(new Error(answer.failed.message), answer.failed));
      else asked?.resolve(answer.value);
    }
  }

  /** Sends `statement` while no transaction is open. */
  private async inTurn<R>(statement: () => Promise<R>): Promise<R> {
    await this.take();
    const answer = statement();
    this.leave();
    return answer;
  }

  private async take(): Promise<void> {
    if (this.held) await new Promise<void>((resolve) => this.turns.push(resolve));
    this.held = true;
  }

  private leave(): void {
    const next = this.turns.shift();
    if (next === undefined) this.held = false;
    else next();
  }

  private end(): void {
    this.gone ??= new Error("the embedded database is closed");
    this.thread.terminate();
  }
}
