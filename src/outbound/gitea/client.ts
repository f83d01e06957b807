import { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import { errorText, RefusedError, TransientError } from "../../kernel/errors.ts";
import { fromJson } from "../../kernel/json.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import { redact } from "../../kernel/text/redact.ts";
import type { Fetch } from "../http/download.ts";
import { createFetch } from "../http/fetch.ts";
import { all } from "../http/pages.ts";
import { retryAfterMs } from "../http/retry-after.ts";
import { understood } from "../http/understood.ts";

export interface ClientOptions {
  /** Where people open Gitea; the interface lies under it at `/api/v1`. */
  url: string;
  token: string;
  clock: Clock;
  fetch: Fetch;
  /** Longest time for one request, body included, ms. */
  timeoutMs: number;
}

type Query = Record<string, string | number | boolean>;

/** Gitea's interface. Paths begin after `/api/v1`. All methods throw TransientError or RefusedError. */
export interface Client {
  readonly url: string;
  readonly token: string;
  /** The answer in that form. */
  read<S extends z.ZodType>(what: string, schema: S, path: string, query?: Query): Promise<z.output<S>>;
  text(path: string, query?: Query): Promise<string>;
  bytes(path: string): Promise<Response>;
  /** All items of a listing; `field` where it is an object that holds them. */
  list<S extends z.ZodType>(
    what: string,
    schema: S,
    path: string,
    options?: { query?: Query; field?: string; enough?: (item: z.output<S>) => boolean },
  ): Promise<z.output<S>[]>;
  /** The answer of a write; undefined where it has no body. */
  send(method: "POST" | "PATCH" | "DELETE", path: string, body?: object): Promise<unknown>;
}

/** Gitea gives no more at once, unless its administrator allowed it. */
const PAGE = 50;

export function createClient(options: ClientOptions): Client {
  const base = `${options.url}/api/v1`;
  const fetch = createFetch({ ...options, seen: () => {} });
  const ask = async (method: string, path: string, query: Query = {}, body?: object): Promise<Response> => {
    const words = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
    const headers = { authorization: `token ${options.token}`, accept: "application/json" };
    const init =
      body === undefined
        ? { method, headers }
        : { method, headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(body) };
    const tried = `${method} ${path}`;
    const response = await fetch(`${base}${path}${words.size === 0 ? "" : `?${words}`}`, init).catch(
      (error: unknown) => {
        throw new TransientError(redact(`${tried}: ${errorText(error)}`));
      },
    );
    if (!response.ok) throw await giteaError(tried, response, options.clock);
    return response;
  };
  return {
    url: options.url,
    token: options.token,
    read: async (what, schema, path, query) =>
      understood(schema, what, await json(what, await ask("GET", path, query))),
    text: async (path, query) => (await ask("GET", path, query)).text(),
    bytes: (path) => ask("GET", path),
    list: (what, schema, path, { query, field, enough } = {}) =>
      all(
        what,
        pages((page) => ask("GET", path, { ...query, page, limit: PAGE }), what, field),
        schema,
        enough,
      ),
    async send(method, path, body) {
      const response = await ask(method, path, {}, body);
      const text = await response.text();
      return text === "" ? undefined : parsed(`${method} ${path}`, text);
    },
  };
}

const json = async (what: string, response: Response): Promise<unknown> =>
  parsed(what, await response.text());

function parsed(what: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // a page of some proxy
    throw new TransientError(`${what}: the answer is not JSON`);
  }
}

/**
 * Pages by their number: the addresses in `Link` begin with what Gitea believes its own address to be. Where neither
 * `Link` nor the total says that there is more, there is none.
 */
async function* pages(ask: (page: number) => Promise<Response>, what: string, field?: string) {
  let seen = 0;
  for (let page = 1; ; page += 1) {
    const response = await ask(page);
    const answer = await json(what, response);
    const data = items(answer, field);
    yield { data };
    seen += data.length;
    const total = Number(response.headers.get("x-total-count") ?? totalIn(answer) ?? 0);
    const more = /rel="?next"?/.test(response.headers.get("link") ?? "") || seen < total;
    if (!more || data.length === 0) return;
  }
}

function items(answer: unknown, field?: string): unknown[] {
  const inside = z.record(z.string(), z.unknown()).safeParse(answer);
  const found = field === undefined ? answer : inside.data?.[field];
  // an empty listing may be `null`
  return Array.isArray(found) ? found : [];
}

const totalIn = (answer: unknown): number | undefined =>
  z.object({ total_count: z.number() }).safeParse(answer).data?.total_count;

async function giteaError(tried: string, response: Response, clock: Clock): Promise<Error> {
  const body = await response.text();
  const said = z.object({ message: z.string() }).safeParse(fromJson(body)).data?.message;
  const text = clamp(
    redact(`${tried}: ${response.status} ${said ?? body.replace(/\s+/g, " ").slice(0, 200)}`),
    1000,
  );
  const { status, headers } = response;
  // it still looks whether a pull request can be merged
  const soon = status === 405 && /try again later/i.test(text);
  if (status === 429 || status >= 500 || status === 408 || soon)
    return new TransientError(text, retryAfterMs(headers.get("retry-after"), clock.now()));
  return new RefusedError(text, status);
}
