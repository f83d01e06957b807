import type { PGlite } from "@electric-sql/pglite";
import { openEngine } from "./engine.ts";
import { type Statement, Statements } from "./statements.ts";

/** What the engine's thread is asked for; calls are answered one after the other. */
export type Call =
  | { do: "open"; dataDir: string; snapshot?: ArrayBuffer }
  | { do: "query"; statement: Statement }
  /** `alone`: outside a transaction, and a failure must not leave one open. */
  | { do: "exec"; text: string; alone: boolean }
  | { do: "listen"; channel: string; listener: number }
  | { do: "unlisten"; listener: number }
  | { do: "dump" }
  | { do: "close" };

export type Answer =
  | { id: number; value: unknown }
  | { id: number; failed: { message: string } }
  | { listener: number; payload: string }
  | { lost: string };

declare const self: Worker;

const tell = (answer: Answer) => self.postMessage(answer);
const listeners = new Map<number, () => Promise<void>>();
let open: { engine: PGlite; statements: Statements } | null = null;
let last: Promise<void> = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<{ id: number; call: Call }>) => {
  last = last.then(() => answer(data.id, data.call));
};

async function answer(id: number, call: Call): Promise<void> {
  try {
    tell({ id, value: await run(call) });
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) tell({ lost: error.message });
    // a database's error carries its code and place as fields of its own
    else if (error instanceof Error) tell({ id, failed: { ...error, message: error.message } });
    else tell({ id, failed: { message: String(error) } });
  }
}

async function run(call: Call): Promise<unknown> {
  if (call.do === "open") {
    const snapshot = call.snapshot === undefined ? undefined : new Blob([call.snapshot]);
    const engine = await openEngine(call.dataDir, snapshot);
    open = { engine, statements: new Statements(engine) };
    return null;
  }
  if (open === null) throw new Error("the embedded database is not open");
  const { engine, statements } = open;
  switch (call.do) {
    case "query":
      return statements.run(call.statement);
    case "exec":
      return engine.exec(call.text).catch(async (error: unknown) => {
        if (call.alone) await engine.exec("rollback");
        throw error;
      });
    case "listen": {
      const { channel, listener } = call;
      const stop = await engine.listen(channel, (payload) => tell({ listener, payload }));
      listeners.set(listener, stop);
      return null;
    }
    case "unlisten":
      await listeners.get(call.listener)?.();
      listeners.delete(call.listener);
      return null;
    case "dump":
      return (await engine.dumpDataDir("none")).arrayBuffer();
    case "close":
      await engine.close();
      return null;
  }
}
