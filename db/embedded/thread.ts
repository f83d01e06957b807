import { type Call, Engine } from "./engine.ts";

/** What a thread with an engine says. */
export type Answer =
  | { id: number; value: unknown }
  | { id: number; failed: { message: string } }
  | { listener: number; payload: string }
  | { lost: string };

declare const self: Worker;

const tell = (answer: Answer) => self.postMessage(answer);
const engine = new Engine(
  (listener, payload) => tell({ listener, payload }),
  (why) => {
    tell({ lost: why });
    // the engine would not come back: in a thread this ends the thread alone
    process.exit(1);
  },
);

self.onmessage = async ({ data: { id, call } }: MessageEvent<{ id: number; call: Call }>) => {
  try {
    tell({ id, value: await engine.ask(call) });
  } catch (error) {
    // a database's error carries its code and place as fields of its own
    if (error instanceof Error) tell({ id, failed: { ...error, message: error.message } });
    else tell({ id, failed: { message: String(error) } });
  }
};
