import { UserError } from "../../../kernel/errors.ts";

/** Most bytes one input may unpack to; what grows beyond it is a bomb, not a log. */
export const MAX_UNPACKED = 2 * 1024 ** 3;
/** Bytes looked at to tell what an input is. */
export const HEAD = 4096;

/** A stream whose first bytes are known. */
export interface Headed {
  readonly head: Uint8Array;
  readonly all: AsyncIterable<Uint8Array>;
  /** Lets go of the source, for when `all` will not be read. */
  close(): Promise<void>;
}

/** Looks at the first bytes of a stream without losing them. */
export async function headed(stream: AsyncIterable<Uint8Array>): Promise<Headed> {
  const iterator = stream[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let size = 0;
  let fault: unknown;
  while (size < HEAD && fault === undefined) {
    try {
      const next = await iterator.next();
      if (next.done) break;
      first.push(next.value);
      size += next.value.length;
    } catch (error) {
      // what came before the break is handed on first
      if (size === 0) throw error;
      fault = error;
    }
  }
  async function* all(): AsyncIterable<Uint8Array> {
    try {
      yield* first;
      if (fault !== undefined) throw fault;
      for (;;) {
        const next = await iterator.next();
        if (next.done) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return {
    head: Buffer.concat(first).subarray(0, HEAD),
    all: all(),
    close: async () => void (await iterator.return?.()),
  };
}

export const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b;
export const isZip = (head: Uint8Array): boolean =>
  head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5);

/** Whether a file that begins like this is text that needs no unpacking and no decoding. */
export const isText = (head: Uint8Array): boolean =>
  !isGzip(head) && !isZip(head) && wideEncoding(head) === undefined && !isBinary(head);

/** Zeros, or more of the bytes that steer nothing a log is shown on than chance has in text. */
function isBinary(head: Uint8Array): boolean {
  let zeros = 0;
  let others = 0;
  for (const byte of head) {
    if (byte === 0) zeros++;
    else if (byte < 32 && !SHOWN.has(byte)) others++;
  }
  return zeros > head.length / 10 || zeros + others > Math.max(8, head.length / 20);
}

/** Bell, backspace, tab, newline, form feed, return and escape. */
const SHOWN = new Set([7, 8, 9, 10, 12, 13, 27]);

/** The bytes of a log as UTF-8: unpacked where packed, decoded where UTF-16, refused where no text. */
export async function plain(
  stream: AsyncIterable<Uint8Array>,
  most = MAX_UNPACKED,
  depth = 0,
): Promise<Headed> {
  const first = await headed(stream);
  if (isGzip(first.head) && depth < 2) return plain(bounded(gunzip(first.all), most), most, depth + 1);
  if (isZip(first.head) || isGzip(first.head)) {
    await first.close();
    throw new UserError("it is an archive within an archive: unpack it first");
  }
  const wide = wideEncoding(first.head);
  if (wide !== undefined) return headed(decoded(first.all, wide));
  if (isBinary(first.head)) {
    await first.close();
    throw new UserError("it is binary, not a log");
  }
  return first;
}

/** Packed bytes that are unpacked in one step: what comes of them has to fit into memory, even of a bomb. */
const STEP = 32 * 1024;

/**
 * Unpacks step by step and hands on what came of each before the next: a stream that breaks would throw away
 * all it has not handed on, which of a short log is everything.
 */
async function* gunzip(stream: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const { createGunzip } = await import("node:zlib");
  const inflate = createGunzip({ chunkSize: 256 * 1024 }); // small ones cost more than the unpacking
  const parts: Uint8Array[] = [];
  let fault: Error | undefined;
  let settle = (_error?: Error | null): void => {};
  inflate.on("data", (part: Uint8Array) => parts.push(part));
  inflate.on("error", (error) => settle(error)); // a write that breaks is not called back
  const step = (act: (done: (error?: Error | null) => void) => void): Promise<void> =>
    new Promise((resolve) => {
      settle = (error) => {
        fault ??= error ?? undefined;
        resolve();
      };
      act(settle);
    });
  try {
    let ready: Uint8Array[] = [];
    for await (const packed of steps(stream)) {
      // the next step runs on a thread of its own meanwhile
      const work = step((done) => inflate.write(packed, done));
      yield* ready;
      await work;
      ready = parts.splice(0);
      if (fault !== undefined) break;
    }
    yield* ready;
    if (fault === undefined) await step((done) => inflate.once("end", done).end());
    yield* parts.splice(0);
  } finally {
    inflate.destroy();
  }
  if (fault !== undefined)
    throw /unexpected end/.test(fault.message) ? new UserError("it ends early") : fault;
}

async function* steps(stream: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  for await (const chunk of stream)
    for (let at = 0; at < chunk.length; at += STEP) yield chunk.subarray(at, at + STEP);
}

/** Passes bytes on until they are too many. */
export async function* bounded(
  stream: AsyncIterable<Uint8Array>,
  most = MAX_UNPACKED,
): AsyncIterable<Uint8Array> {
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > most) throw new UserError(`it unpacks to more than ${Math.round(most / 1024 ** 2)} MiB`);
    yield chunk;
  }
}

function wideEncoding(head: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (head[0] === 0xff && head[1] === 0xfe && head[2] === 0 && head[3] === 0) return undefined; // UTF-32
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  // without a mark: Latin letters have a zero on one side, always the same
  const zeros: [number, number] = [0, 0];
  head.forEach((byte, at) => {
    if (byte === 0) zeros[at % 2 === 0 ? 0 : 1] += 1;
  });
  const most = head.length * 0.3;
  if (zeros[1] > most && zeros[0] < zeros[1] / 50) return "utf-16le";
  if (zeros[0] > most && zeros[1] < zeros[0] / 50) return "utf-16be";
  return undefined;
}

async function* decoded(
  stream: AsyncIterable<Uint8Array>,
  encoding: "utf-16le" | "utf-16be",
): AsyncIterable<Uint8Array> {
  const decoder = new TextDecoder(encoding);
  const encoder = new TextEncoder();
  for await (const chunk of stream) yield encoder.encode(decoder.decode(chunk, { stream: true }));
  yield encoder.encode(decoder.decode());
}
