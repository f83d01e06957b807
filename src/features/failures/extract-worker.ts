import { getPriority, setPriority } from "node:os";
import { errorText } from "../../kernel/errors.ts";
import { createExtractor } from "./extract/engine.ts";
import { extractInput, type InputResult } from "./inputs.ts";
import { type FromWorker, ToWorker } from "./worker-protocol.ts";

declare const self: Worker;

// people wait for commands, nobody for a log: on Linux a thread's priority is its own, elsewhere it is the process's
if (process.platform === "linux") setPriority(Math.min(19, getPriority() + 10));

/** What takes the bytes of one input. */
interface Reading {
  chunk(bytes: Uint8Array): void;
  end(): InputResult | Promise<InputResult>;
}

let reading: Reading | undefined;
const answer = (message: FromWorker): void => self.postMessage(message);

async function take(message: ToWorker): Promise<void> {
  if (message.kind === "start") {
    reading = begin(message);
    return;
  }
  if (reading === undefined) throw new Error("a log's bytes came before its start");
  if (message.kind === "chunk") return reading.chunk(message.bytes);
  const told = await reading.end();
  reading = undefined;
  answer({ kind: "done", extraction: told.extraction, faults: [...told.faults] });
}

function begin({ input, repo, platform }: Extract<ToWorker, { kind: "start" }>): Reading {
  const options = platform === undefined ? { repo } : { repo, platform };
  if (input === "any") {
    const bytes = new Pipe(() => answer({ kind: "taken" }));
    const told = extractInput("-", bytes, options);
    return {
      chunk: (chunk) => bytes.push(chunk),
      end() {
        bytes.push(null);
        return told;
      },
    };
  }
  const extractor = createExtractor(options);
  return {
    chunk(bytes) {
      extractor.push(bytes);
      answer({ kind: "taken" });
    },
    end: () => ({ extraction: extractor.end(), faults: [] }),
  };
}

/** What comes whole is read in pieces: what works on one has its memory for as long as the thread lives. */
const PIECE = 256 * 1024;

/** Bytes that are pushed at one end and read at the other; null ends them. */
class Pipe implements AsyncIterable<Uint8Array> {
  private readonly waiting: (Uint8Array | null)[] = [];
  private more: (() => void) | undefined;
  private closed = false;

  constructor(private readonly taken: () => void) {}

  push(bytes: Uint8Array | null): void {
    if (!this.closed) {
      this.waiting.push(bytes);
      this.more?.();
    } else if (bytes !== null) this.taken(); // a reader that has enough lets the rest pass
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    try {
      for (;;) {
        const next = this.waiting.shift();
        if (next === null) return;
        if (next !== undefined) {
          for (let at = 0; at < next.length; at += PIECE) yield next.subarray(at, at + PIECE);
          this.taken();
          continue;
        }
        await new Promise<void>((resolve) => {
          this.more = resolve;
        });
      }
    } finally {
      this.closed = true;
      for (const rest of this.waiting.splice(0)) if (rest !== null) this.taken();
    }
  }
}

/** Entry of the worker thread that `extractInWorker` starts. */
self.onmessage = async (event: MessageEvent<unknown>) => {
  try {
    await take(ToWorker.parse(event.data));
  } catch (error) {
    answer({ kind: "failed", message: errorText(error) });
  }
};
