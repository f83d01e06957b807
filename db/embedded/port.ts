import type { Engine } from "./engine.ts";
import { type Request, Session } from "./session.ts";
import type { Turns } from "./turns.ts";

/** What an engine says through a port. */
export type Answer =
  | { id: number; value: unknown }
  | { id: number; failed: { message: string } }
  | { listener: number; payload: string };

/** Answers what is asked through a port. */
export function serve(port: MessagePort, engine: Engine, turns: Turns): void {
  const tell = (answer: Answer) => port.postMessage(answer);
  const session = new Session(engine, turns, (listener, payload) => tell({ listener, payload }));
  port.onmessage = async ({ data: { id, request } }: MessageEvent<{ id: number; request: Request }>) => {
    try {
      tell({ id, value: await session.ask(request) });
    } catch (error) {
      // a database's error carries its code and place as fields of its own
      if (error instanceof Error) tell({ id, failed: { ...error, message: error.message } });
      else tell({ id, failed: { message: String(error) } });
    }
  };
}
