import { Engine, type Heard } from "./engine.ts";
import { type Request, Session } from "./session.ts";
import type { Answer } from "./thread.ts";
import { Turns } from "./turns.ts";

/** A way to an engine. */
export interface Line {
  ask(request: Request): Promise<unknown>;
  /** Ends what lies behind; to be called once the engine is closed, or could not be opened. */
  end(): void;
}

/**
 * An engine in this thread: for tests and looks, whose database is in memory.
 * @param lost is told when the engine has broken down; it has to end the process, since the engine may never return.
 */
export function here(heard: Heard, lost: (error: Error) => void): Line {
  const session = new Session(new Engine((why) => lost(stopped(why))), new Turns(), heard);
  return { ask: (request) => session.ask(request), end: () => {} };
}

const stopped = (why: string) =>
  new Error(
    `The embedded database has stopped (${why}). Start the process again: what was in hand is taken up. If it comes ` +
      "again, restore the data folder from a backup, or move to Postgres with DATABASE_URL.",
  );

export const THREAD = new URL("./thread.ts", import.meta.url);

/**
 * An engine in a thread of its own.
 * @param lost is told once if the thread stops by itself; all that waits then fails with the same error.
 * @param script what the thread runs.
 */
export function inThread(heard: Heard, lost: (error: Error) => void, script = THREAD): Line {
  const thread = new Worker(script);
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let asked = 0;
  let gone: Error | null = null;
  const lose = (why: string) => {
    if (gone !== null) return;
    gone = stopped(why);
    for (const { reject } of waiting.values()) reject(gone);
    waiting.clear();
    lost(gone);
  };
  thread.onmessage = ({ data }: MessageEvent<Answer>) => {
    if ("lost" in data) return lose(data.lost);
    if ("listener" in data) return heard(data.listener, data.payload);
    const call = waiting.get(data.id);
    waiting.delete(data.id);
    if ("failed" in data) call?.reject(Object.assign(new Error(data.failed.message), data.failed));
    else call?.resolve(data.value);
  };
  thread.onerror = ({ message }) => lose(message);
  thread.addEventListener("close", () => lose("its thread ended"));
  return {
    ask(request) {
      if (gone !== null) return Promise.reject(gone);
      asked += 1;
      const id = asked;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        thread.postMessage({ id, request });
      });
    },
    end() {
      gone ??= new Error("the embedded database is closed");
      thread.terminate();
    },
  };
}
