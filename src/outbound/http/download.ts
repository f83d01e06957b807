import { errorText, TransientError, UserError } from "../../kernel/errors.ts";

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

export interface DownloadOptions {
  /** What is read, for faults. */
  what: string;
  fetch: Fetch;
  /** Longest time without a byte, ms. */
  idleMs: number;
  /** More bytes than this, unpacked, are a UserError in the stream; default no limit. */
  most?: number;
  init?: RequestInit;
}

/**
 * Asks for an address and gives the answer with a body that is watched: a step that takes too long, or fails, is a
 * TransientError.
 */
export async function download(
  address: string,
  options: DownloadOptions,
): Promise<{ response: Response; body: ReadableStream<Uint8Array>; drop(): void }> {
  const { what, idleMs, most = Number.POSITIVE_INFINITY } = options;
  const stop = new AbortController();
  const guard = createGuard(what, idleMs, stop);
  const response = await guard(() => options.fetch(address, { ...options.init, signal: stop.signal }));
  const body = response.body === null ? new Blob([]).stream() : watched(response.body, guard, stop);
  return {
    response,
    body: most === Number.POSITIVE_INFINITY ? body : bounded(body, what, most),
    drop: () => void body.cancel().catch(() => {}),
  };
}

type Guard = <T>(work: () => Promise<T>) => Promise<T>;

function createGuard(what: string, idleMs: number, stop: AbortController): Guard {
  return async (work) => {
    const late = new TransientError(`${what}: nothing came for ${Math.round(idleMs / 1000)} s`);
    const timer = setTimeout(() => stop.abort(late), idleMs);
    try {
      return await work();
    } catch (error) {
      throw stop.signal.aborted ? late : new TransientError(`${what}: ${errorText(error)}`);
    } finally {
      clearTimeout(timer);
    }
  };
}

function watched(
  body: ReadableStream<Uint8Array>,
  guard: Guard,
  stop: AbortController,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await guard(() => reader.read());
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: () => stop.abort(),
  });
}

function bounded(body: ReadableStream<Uint8Array>, what: string, most: number): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let read = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) return controller.close();
      read += value.length;
      if (read <= most) return controller.enqueue(value);
      controller.error(new UserError(`${what}: larger than ${most} bytes`));
      await reader.cancel();
    },
    cancel: () => reader.cancel(),
  });
}
