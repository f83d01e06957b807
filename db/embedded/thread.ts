import { type Call, Engine } from "./engine.ts";

/** What a thread with an engine says. */
export type Answer =
  | { id: number; value: unknown }
  | { id: number; failed: { message: string } }
  | { listener: number; payload: string }
  | { lost: string };

declare const self: Worker;

const tell = (answer: Answer) => self.postMessage(answer);
const engine = new Engine((listener, payload) => tell({ listener, payload }));

self.onmessage = async ({ data: { id, call } }: MessageEvent<{ id: number; call: Call }>) => {
  try {
    tell({ id, value: await engine.ask(call) });
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) tell({ lost: error.message });
    // a database's error carries its code and place as fields of its own
    else if (error instanceof Error) tell({ id, failed: { ...error, message: error.message } });
    else tell({ id, failed: { message: String(error) } });
  }
};
