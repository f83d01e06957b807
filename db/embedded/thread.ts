import { Engine } from "./engine.ts";
import { type Request, Session } from "./session.ts";
import { Turns } from "./turns.ts";

/** What a thread with an engine says. */
export type Answer =
  | { id: number; value: unknown }
  | { id: number; failed: { message: string } }
  | { listener: number; payload: string }
  | { lost: string };

declare const self: Worker;

const tell = (answer: Answer) => self.postMessage(answer);
const engine = new Engine((why) => {
  tell({ lost: why });
  // the engine would not come back: in a thread this ends the thread alone
  process.exit(1);
});
const session = new Session(engine, new Turns(), (listener, payload) => tell({ listener, payload }));

self.onmessage = async ({ data: { id, request } }: MessageEvent<{ id: number; request: Request }>) => {
  try {
    tell({ id, value: await session.ask(request) });
  } catch (error) {
    // a database's error carries its code and place as fields of its own
    if (error instanceof Error) tell({ id, failed: { ...error, message: error.message } });
    else tell({ id, failed: { message: String(error) } });
  }
};
