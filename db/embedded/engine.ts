import type { PGlite } from "@electric-sql/pglite";
import { openEngine } from "./open.ts";
import { type Statement, Statements } from "./statements.ts";

/** What the engine is asked for. */
export type Call =
  | { do: "open"; dataDir: string; snapshot?: ArrayBuffer }
  | { do: "query"; statement: Statement }
  /** `alone`: outside a transaction, and a failure must not leave one open. */
  | { do: "exec"; text: string; alone: boolean }
  | { do: "listen"; channel: string; listener: number }
  | { do: "unlisten"; listener: number }
  | { do: "dump" }
  | { do: "close" };

interface Opened {
  engine: PGlite;
  statements: Statements;
}

/** Is told what a listener hears. */
export type Heard = (listener: number, payload: string) => void;

/** Answers calls one after the other, in the order in which they came; `trapped` is told when it is of no use any more. */
export class Engine {
  private open: Opened | null = null;
  private readonly listeners = new Map<Heard, Map<number, () => Promise<void>>>();
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly trapped: (why: string) => void) {}

  /** @param heard whose listeners the call is about. */
  ask(call: Call, heard: Heard): Promise<unknown> {
    const answer = this.last.then(() => this.run(call, heard));
    this.last = answer.catch(() => {});
    return answer;
  }

  private async run(call: Call, heard: Heard): Promise<unknown> {
    if (call.do === "open") {
      const snapshot = call.snapshot === undefined ? undefined : new Blob([call.snapshot]);
      const engine = await openEngine(call.dataDir, snapshot, this.trapped);
      this.open = { engine, statements: new Statements(engine) };
      return null;
    }
    if (this.open === null) throw new Error("the embedded database is not open");
    const { engine, statements } = this.open;
    switch (call.do) {
      case "query":
        return statements.run(call.statement);
      case "exec":
        return this.exec(this.open, call);
      case "listen": {
        const { channel, listener } = call;
        const stop = await engine.listen(channel, (payload) => heard(listener, payload));
        this.listenersOf(heard).set(listener, stop);
        return null;
      }
      case "unlisten":
        await this.listenersOf(heard).get(call.listener)?.();
        this.listenersOf(heard).delete(call.listener);
        return null;
      case "dump":
        return (await engine.dumpDataDir("none")).arrayBuffer();
      case "close":
        this.open = null;
        await engine.close();
        return null;
    }
  }

  private listenersOf(heard: Heard): Map<number, () => Promise<void>> {
    const listeners = this.listeners.get(heard) ?? new Map();
    this.listeners.set(heard, listeners);
    return listeners;
  }

  private async exec({ engine, statements }: Opened, { text, alone }: Extract<Call, { do: "exec" }>) {
    try {
      // the queue looks for work without parameters, ever in the same words: those are taken apart once
      if (isOne(text)) return [await statements.run({ text, params: [], rowMode: "object", texts: [] })];
      const results = await engine.exec(text);
      await statements.noteChange(text);
      return results;
    } catch (error) {
      if (alone) await engine.exec("rollback");
      throw error;
    }
  }
}

/** Whether a text is a single statement for certain; a semicolon inside of quotes is taken for an end, too. */
const isOne = (text: string): boolean => !/;\s*\S/.test(text);
