import type { Clock } from "../../../src/kernel/clock.ts";

/** A request as a server of ours saw it. */
export interface Seen {
  method: string;
  /** Path and query. */
  path: string;
  headers: Headers;
  body: unknown;
}

export interface TestServer {
  url: string;
  seen: Seen[];
  [Symbol.dispose](): void;
}

/** A real HTTP server on a free port; it goes when the test's block ends. */
export function serve(answer: (request: Seen, count: number) => Response | Promise<Response>): TestServer {
  const seen: Seen[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const url = new URL(request.url);
      const text = await request.text();
      const body: unknown = text.startsWith("{") ? JSON.parse(text) : text;
      const one = {
        method: request.method,
        path: decodeURIComponent(url.pathname + url.search),
        headers: request.headers,
        body,
      };
      seen.push(one);
      return answer(one, seen.length);
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    seen,
    [Symbol.dispose]: () => void server.stop(true),
  };
}

/** A clock that stands still; sleeping is over at once and written down. */
export function stoppedClock(at = "2026-03-01T12:00:00Z"): Clock & { slept: number[]; at: Date } {
  const clock = {
    at: new Date(at),
    slept: [] as number[], // an empty literal alone would be never[]
    now: () => clock.at,
    sleep: async (ms: number) => {
      clock.slept.push(ms);
    },
  };
  return clock;
}

/** What a promise was rejected with; fails when it was not. */
export async function fault(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error("it was expected to fail");
}
