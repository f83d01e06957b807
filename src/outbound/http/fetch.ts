import type { Clock } from "../../kernel/clock.ts";
import type { Fetch } from "./download.ts";
import { Lru } from "./lru.ts";

export type { Fetch } from "./download.ts";

export interface HttpOptions {
  fetch: Fetch;
  clock: Clock;
  /** Longest time for one request, body included, ms. */
  timeoutMs: number;
  /** Told of every answer's headers. */
  seen(headers: Headers): void;
}

interface Kept {
  etag: string;
  headers: Headers;
  /** Packed: a page of runs has over a megabyte, nearly all of it the same again and again. */
  body: Uint8Array<ArrayBuffer>;
}

const RETRY_AFTER_MS = [200, 800];
const PASSING = new Set([502, 503, 504]);
const CACHE_BYTES = 32 * 1024 * 1024;
const LARGEST_KEPT = 8 * 1024 * 1024;

/**
 * A `fetch` for an interface of JSON. Answers are read whole within the time limit, so that a connection that breaks
 * in the middle is a fault and not an empty answer. GET sends `If-None-Match` and gives the kept body on 304; it is
 * tried again twice when the network or a gateway fails. Nothing else is ever sent twice.
 */
export function createFetch(options: HttpOptions): Fetch {
  const kept = new Lru<Kept>(CACHE_BYTES);
  return async (url, init = {}) => {
    if ((init.method ?? "GET") !== "GET") return whole(options, url, init);
    const headers = new Headers(init.headers);
    const key = `${headers.get("accept") ?? ""} ${url}`;
    const known = kept.get(key);
    if (known !== undefined) headers.set("if-none-match", known.etag);
    const response = await readAgain(options, url, { ...init, headers });
    if (response.status === 304 && known !== undefined) {
      const joined = new Headers(known.headers);
      response.headers.forEach((value, name) => {
        joined.set(name, value);
      });
      return answer(Bun.gunzipSync(known.body).slice().buffer, 200, joined, url);
    }
    return keep(kept, key, response);
  };
}

async function readAgain(options: HttpOptions, url: string, init: RequestInit): Promise<Response> {
  for (const pause of RETRY_AFTER_MS) {
    try {
      const response = await whole(options, url, init);
      if (!PASSING.has(response.status) || response.headers.has("retry-after")) return response;
    } catch (error) {
      if (isTimeout(error)) throw error;
    }
    await options.clock.sleep(pause);
  }
  return whole(options, url, init);
}

async function whole(options: HttpOptions, url: string, init: RequestInit): Promise<Response> {
  const limit = AbortSignal.timeout(options.timeoutMs);
  const signal = init.signal ? AbortSignal.any([init.signal, limit]) : limit;
  const response = await options.fetch(url, { ...init, signal });
  options.seen(response.headers);
  return answer(await response.arrayBuffer(), response.status, response.headers, response.url);
}

async function keep(kept: Lru<Kept>, key: string, response: Response): Promise<Response> {
  const etag = response.headers.get("etag");
  if (response.status !== 200 || etag === null) return response;
  const body = await response.arrayBuffer();
  if (body.byteLength <= LARGEST_KEPT) {
    const packed = Bun.gzipSync(new Uint8Array(body));
    kept.set(key, { etag, headers: response.headers, body: packed }, packed.byteLength + key.length + 1024);
  }
  return answer(body, 200, response.headers, response.url);
}

const EMPTY = new Set([204, 205, 304]);

function answer(body: ArrayBuffer, status: number, from: Headers, url: string): Response {
  const headers = new Headers(from);
  // the body is unpacked by now
  headers.delete("content-encoding");
  headers.delete("content-length");
  const response = new Response(EMPTY.has(status) ? null : body, { status, headers });
  // one that we make has none, and Octokit's paging reads it
  return Object.defineProperty(response, "url", { value: url });
}

const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === "TimeoutError";
