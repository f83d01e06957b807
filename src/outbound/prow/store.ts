import { z } from "zod";
import { RefusedError, TransientError, UserError } from "../../kernel/errors.ts";
import { Login, Sha } from "../../kernel/ids.ts";
import { fromJson } from "../../kernel/json.ts";
import { download, type Fetch } from "../http/download.ts";

const MIB = 1024 * 1024;
const LARGEST_JSON = 2 * MIB;
const LARGEST_LOG = 512 * MIB;
/** 403 too: a bucket that may not be listed answers so for what is not there. */
const MISSING = new Set([403, 404, 410]);

const Seconds = z.number().transform((seconds) => new Date(seconds * 1000));

/** `started.json` */
export const Started = z.object({ timestamp: Seconds });

/** `finished.json`; the older form has `passed` alone. */
export const Finished = z.object({
  timestamp: Seconds.nullish(),
  passed: z.boolean().nullish(),
  result: z.string().nullish(),
});

/** `prowjob.json`: what was tested, and how the job ended. */
export const ProwJob = z.object({
  spec: z.object({
    type: z.string().default("presubmit"),
    refs: z
      .object({
        base_ref: z.string().default(""),
        pulls: z
          .array(
            z.object({
              number: z.int().positive(),
              author: Login.nullish().catch(null),
              sha: Sha.nullish().catch(null),
              head_ref: z.string().nullish(),
            }),
          )
          .default([]),
      })
      .nullish(),
  }),
  status: z.object({ state: z.string().default("") }).prefault({}),
});
export type ProwJob = z.infer<typeof ProwJob>;

export interface StoreOptions {
  fetch: Fetch;
  /** Longest time without a byte, ms. */
  idleMs: number;
  /** Bytes of a log, unpacked; default 512 MiB. */
  largestLog?: number;
}

/** The files of builds, as the artifact store gives them to anybody. */
export interface Store {
  /** A file by its form; null where it is missing or is not what it should be: the rest says enough then. */
  json<S extends z.ZodType>(folder: string, file: string, schema: S): Promise<z.output<S> | null>;
  /** The build's log; null when it is kept no longer. */
  log(folder: string): Promise<ReadableStream<Uint8Array> | null>;
}

/** The store under an address. Nothing is sent to it but the question, and it is not followed elsewhere. */
export function createStore(base: string, options: StoreOptions): Store {
  const open = async (folder: string, file: string, most: number) => {
    const what = `${file} of ${folder}`;
    const address = `${base}/${folder}/${file}`;
    const init: RequestInit = { redirect: "manual" };
    const { fetch, idleMs } = options;
    const { response, body, drop } = await download(address, { what, fetch, idleMs, most, init });
    if (response.status === 200) return body;
    drop();
    if (MISSING.has(response.status)) return null;
    if (response.status < 500 && response.status !== 429)
      throw new RefusedError(`${what}: the artifact store answers ${response.status}`, response.status);
    throw new TransientError(`${what}: the artifact store answers ${response.status}`);
  };
  return {
    async json(folder, file, schema) {
      const body = await open(folder, file, LARGEST_JSON);
      if (body === null) return null;
      const parsed = schema.safeParse(fromJson(await text(body)));
      return parsed.success ? parsed.data : null;
    },
    log: (folder) => open(folder, "build-log.txt", options.largestLog ?? LARGEST_LOG),
  };
}

/** The body as text; empty where it is larger than such a file may be. */
async function text(body: ReadableStream<Uint8Array>): Promise<string> {
  try {
    return await new Response(body).text();
  } catch (error) {
    if (error instanceof UserError) return "";
    throw error;
  }
}
