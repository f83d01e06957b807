import { Engine, type Heard } from "./engine.ts";
import { type Answer, serve } from "./port.ts";
import { type Request, Session } from "./session.ts";
import { Turns } from "./turns.ts";

/** A way to an engine. */
export interface Line {
  ask(request: Request): Promise<unknown>;
  /** Another way to the same engine, for a thread that opens it with `throughDoor`. */
  door(): MessagePort;
  /** Ends this way, and what lies behind where it is the first; that is to be closed before. */
  end(): void;
}

/**
 * An engine in this thread: for tests and looks, whose database is in memory.
 * @param lost is told when the engine has broken down; it has to end the process, since the engine may never return.
 */
export function here(heard: Heard, lost: (error: Error) => void): Line {
  const engine = new Engine((why) => lost(stopped(why)));
  const turns = new Turns();
  const session = new Session(engine, turns, heard);
  const door = () => doorTo((port) => serve(port, engine, turns));
  return { ask: (request) => session.ask(request), door, end: () => {} };
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
  const door = () => doorTo((port) => thread.postMessage(port, [port]));
  const line = throughDoor(door(), heard);
  let ended = false;
  const lose = (why: string) => {
    if (ended) return;
    ended = true;
    const error = stopped(why);
    line.fail(error);
    lost(error);
  };
  // all that it says by itself is why it cannot go on
  thread.onmessage = ({ data }: MessageEvent<string>) => lose(data);
  thread.onerror = ({ message }) => lose(message);
  thread.addEventListener("close", () => lose("its thread ended"));
  return {
    ask: line.ask,
    door,
    end() {
      ended = true;
      line.end();
      thread.terminate();
    },
  };
}

/** Hands one end of a channel over. @returns the other. */
function doorTo(hand: (port: MessagePort) => void): MessagePort {
  const { port1, port2 } = new MessageChannel();
  hand(port2);
  return port1;
}

/** A way to an engine that another thread opened; `fail` ends it with an error for all that wait. */
export function throughDoor(port: MessagePort, heard: Heard): Line & { fail(error: Error): void } {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let asked = 0;
  let gone: Error | null = null;
  const fail = (error: Error) => {
    gone ??= error;
    port.close();
    for (const { reject } of waiting.values()) reject(gone);
    waiting.clear();
  };
  port.onmessage = ({ data }: MessageEvent<Answer>) => {
    if ("listener" in data) return heard(data.listener, data.payload);
    const call = waiting.get(data.id);
    waiting.delete(data.id);
    if ("failed" in data) call?.reject(Object.assign(new Error(data.failed.message), data.failed));
    else call?.resolve(data.value);
  };
  return {
    ask(request) {
      if (gone !== null) return Promise.reject(gone);
      asked += 1;
      const id = asked;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        port.postMessage({ id, request });
      });
    },
    door() {
      throw new Error("a door leads to the thread that opened the engine, and not on from there");
    },
    end: () => fail(new Error("the embedded database is closed")),
    fail,
  };
}
