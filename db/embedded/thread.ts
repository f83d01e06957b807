import { Engine } from "./engine.ts";
import { serve } from "./port.ts";
import { Turns } from "./turns.ts";

declare const self: Worker;

const engine = new Engine((why) => {
  self.postMessage(why);
  // the engine would not come back: in a thread this ends the thread alone
  process.exit(1);
});
const turns = new Turns();

self.onmessage = ({ data }: MessageEvent<MessagePort>) => serve(data, engine, turns);
