import type { Extraction, ExtractOptions } from "./model.ts";
import { FromWorker, type ToWorker } from "./worker-protocol.ts";

/** Chunks under way to the worker at once; bounds memory when reading is faster than extracting. */
const MAX_UNDER_WAY = 8;

/** One worker thread and the answers that are waited for. */
class ExtractionWorker {
  readonly done: Promise<Extraction>;
  private readonly worker = new Worker(new URL("./extract-worker.ts", import.meta.url).href);
  private underWay = 0;
  private proceed: (() => void) | undefined;
  private reject: (error: Error) => void = () => {};

  constructor() {
    this.done = new Promise((resolve, reject) => {
      this.reject = reject;
      const fail = (message: string) => this.fail(message);
      this.worker.onmessage = (event: MessageEvent<unknown>) => {
        const answer = FromWorker.safeParse(event.data);
        if (!answer.success) fail("the worker answered nonsense");
        else if (answer.data.kind === "done") resolve(answer.data.extraction);
        else if (answer.data.kind === "failed") fail(answer.data.message);
        else this.taken();
      };
      this.worker.onerror = (event) => fail(event.message);
      this.worker.addEventListener("close", () => fail("the worker ended"));
    });
    this.done.catch(() => {}); // the reader below awaits it; a chunk may fail before it gets there
  }

  /** Ends the extraction with an error, for whoever waits for it. */
  fail(message: string): void {
    this.reject(new Error(`extraction failed: ${message}`));
    this.proceed?.();
  }

  private taken(): void {
    this.underWay -= 1;
    this.proceed?.();
  }

  send(message: ToWorker): void {
    this.worker.postMessage(message);
  }

  /** Sends a chunk; resolves when there is room for the next one. */
  async chunk(bytes: Uint8Array): Promise<void> {
    this.underWay += 1;
    this.send({ kind: "chunk", bytes });
    while (this.underWay >= MAX_UNDER_WAY) {
      const room = new Promise<void>((resolve) => {
        this.proceed = resolve;
      });
      await Promise.race([room, this.done]);
    }
  }

  stop(): void {
    this.worker.terminate();
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
  const worker = new ExtractionWorker();
  const reader = stream.getReader();
  const stop = () => worker.fail("stopped");
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted) stop();
  try {
    worker.send({ kind: "start", ...options });
    for (;;) {
      // a stream that says nothing more must not hide a worker that has failed
      const next = await Promise.race([reader.read(), worker.done]);
      if (!("done" in next) || next.done) break;
      await worker.chunk(next.value);
    }
    worker.send({ kind: "end" });
    return await worker.done;
  } finally {
    signal?.removeEventListener("abort", stop);
    worker.stop();
    await reader.cancel().catch(() => {}); // the stream's own failure was already thrown
  }
}
