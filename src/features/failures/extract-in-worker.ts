import type { InputResult } from "./inputs.ts";
import type { Extraction, ExtractOptions } from "./model.ts";
import { FromWorker, type ToWorker } from "./worker-protocol.ts";

/** Chunks under way to the worker at once; bounds memory when reading is faster than extracting. */
const MAX_UNDER_WAY = 8;
/** Largest piece of a stream that is sent at once. */
const CHUNK = 256 * 1024;
/** A thread that is done waits so long for the next log: to start one costs more than most logs do. */
const IDLE_MS = 20_000;
const MOST_IDLE = 2;

/** One worker thread. It reads one log after the other; after a fault it is of no use. */
class ExtractionWorker {
  private static readonly idle: ExtractionWorker[] = [];
  private readonly worker = new Worker(new URL("./extract-worker.ts", import.meta.url).href);
  private answer = Promise.withResolvers<InputResult>();
  private underWay = 0;
  private proceed: (() => void) | undefined;
  private broken = false;
  private leaving: Timer | undefined;

  private constructor() {
    const fail = (message: string) => this.fail(message);
    this.worker.onmessage = (event: MessageEvent<unknown>) => {
      const said = FromWorker.safeParse(event.data);
      if (!said.success) fail("the worker answered nonsense");
      else if (said.data.kind === "done") this.answer.resolve(said.data);
      else if (said.data.kind === "failed") fail(said.data.message);
      else this.taken();
    };
    this.worker.onerror = (event) => fail(event.message);
    this.worker.addEventListener("close", () => fail("the worker ended"));
  }

  /** A worker that nobody else uses, ready for a log. */
  static take(): ExtractionWorker {
    const { idle } = ExtractionWorker;
    while (idle.at(-1)?.broken) idle.pop();
    const worker = idle.pop() ?? new ExtractionWorker();
    clearTimeout(worker.leaving);
    worker.underWay = 0;
    worker.answer = Promise.withResolvers();
    worker.done.catch(() => {}); // its reader awaits it; a chunk may fail before it gets there
    return worker;
  }

  get done(): Promise<InputResult> {
    return this.answer.promise;
  }

  /** Ends the extraction with an error, for whoever waits for it. */
  fail(message: string): void {
    this.broken = true;
    this.answer.reject(new Error(`extraction failed: ${message}`));
    this.proceed?.();
  }

  private taken(): void {
    this.underWay -= 1;
    this.proceed?.();
  }

  send(message: ToWorker): void {
    this.worker.postMessage(message);
  }

  /** Gives a chunk away; resolves when there is room for the next one. */
  async chunk(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.underWay += 1;
    this.worker.postMessage({ kind: "chunk", bytes } satisfies ToWorker, [bytes.buffer]);
    while (this.underWay >= MAX_UNDER_WAY) {
      const room = new Promise<void>((resolve) => {
        this.proceed = resolve;
      });
      await Promise.race([room, this.done]);
    }
  }

  /** Keeps it for the next log where it is done with this one; else it ends. */
  leave(finished: boolean): void {
    if (!finished || this.broken || ExtractionWorker.idle.length >= MOST_IDLE) {
      this.worker.terminate();
      return;
    }
    ExtractionWorker.idle.push(this);
    this.leaving = setTimeout(() => {
      ExtractionWorker.idle.splice(ExtractionWorker.idle.indexOf(this), 1);
      this.worker.terminate();
    }, IDLE_MS);
    this.leaving.unref();
  }
}

/**
 * Extraction of one log on a thread of its own, so that the process stays quick. Rejects when the
 * stream fails, when the worker does, or when `signal` is aborted; it never tries again by itself.
 */
export async function extractInWorker(
  stream: ReadableStream<Uint8Array>,
  options: ExtractOptions,
  signal?: AbortSignal,
): Promise<Extraction> {
  return (await readInWorker(stream, { kind: "start", input: "log", ...options }, signal)).extraction;
}

/**
 * As `extractInput` does for standard input, on a thread of its own. What of it cannot be read is among its faults. The
 * bytes are handed over whole, and are not the caller's any more.
 */
export const extractInputInWorker = (
  bytes: Uint8Array<ArrayBuffer>,
  options: ExtractOptions,
): Promise<InputResult> =>
  inWorker({ kind: "start", input: "any", ...options }, undefined, (worker) => worker.chunk(bytes));

async function readInWorker(
  stream: ReadableStream<Uint8Array>,
  start: ToWorker,
  signal?: AbortSignal,
): Promise<InputResult> {
  const reader = stream.getReader();
  try {
    return await inWorker(start, signal, async (worker) => {
      for (;;) {
        // a stream that says nothing more must not hide a worker that has failed
        const next = await Promise.race([reader.read(), worker.done]);
        if (!("done" in next) || next.done) return;
        for (let at = 0; at < next.value.length; at += CHUNK)
          await worker.chunk(next.value.slice(at, at + CHUNK));
      }
    });
  } finally {
    await reader.cancel().catch(() => {}); // the stream's own failure was already thrown
  }
}

async function inWorker(
  start: ToWorker,
  signal: AbortSignal | undefined,
  feed: (worker: ExtractionWorker) => Promise<void>,
): Promise<InputResult> {
  const worker = ExtractionWorker.take();
  const stop = () => worker.fail("stopped");
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted) stop();
  let finished = false;
  try {
    worker.send(start);
    await feed(worker);
    worker.send({ kind: "end" });
    const told = await worker.done;
    finished = true;
    return told;
  } finally {
    signal?.removeEventListener("abort", stop);
    worker.leave(finished);
  }
}
