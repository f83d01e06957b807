import { RefusedError, TransientError } from "../../kernel/errors.ts";
import type { RepoName } from "../../kernel/ids.ts";
import type { CiJob } from "../../ports/ci.ts";
import { download } from "../http/download.ts";
import type { Fetch } from "../http/fetch.ts";
import { refusedWith } from "../http/refused.ts";
import { at, type Clients } from "./clients.ts";

export interface LogOptions {
  clients: Clients;
  fetch: Fetch;
  /** Longest time without a byte, ms. */
  idleMs: number;
}

/** Opens a job's log; null when it is gone. */
export const openJobLog = (options: LogOptions, repo: RepoName, job: CiJob): Promise<Opened> =>
  open(options, repo, `jobs/${job.id}/logs`, `log of job ${job.id} of ${repo}`);

/** Opens the zip with the logs of all jobs of an attempt; null when it is gone. */
export const openLogs = (
  options: LogOptions,
  repo: RepoName,
  run: number,
  attempt: number,
): Promise<Opened> =>
  open(
    options,
    repo,
    `runs/${run}/attempts/${attempt}/logs`,
    `logs of attempt ${attempt} of run ${run} of ${repo}`,
  );

type Opened = ReadableStream<Uint8Array> | null;

/** The address GitHub sends us to gets no credential of ours. */
async function open(options: LogOptions, repo: RepoName, path: string, what: string): Promise<Opened> {
  const address = await addressOf(options.clients, repo, path, what);
  if (address === null) return null;
  const { fetch, idleMs } = options;
  const { response, body, drop } = await download(address, { what, fetch, idleMs });
  if (response.ok) return body;
  drop();
  if (response.status === 404 || response.status === 410) return null;
  // also 403: the address is signed for a minute, and a new one may be asked for
  throw new TransientError(`${what}: ${response.status} from the log store`);
}

async function addressOf(
  clients: Clients,
  repo: RepoName,
  path: string,
  what: string,
): Promise<string | null> {
  const client = await clients.on(repo, "read");
  try {
    const { headers, status } = await client.request(`GET /repos/{owner}/{repo}/actions/${path}`, {
      ...at(repo),
      request: { redirect: "manual" },
    });
    const { baseUrl } = client.request.endpoint.DEFAULTS;
    const to = headers.location === undefined ? null : URL.parse(headers.location, baseUrl);
    if (to !== null && /^https?:$/.test(to.protocol)) return to.href;
    throw new RefusedError(`${what}: ${status} without an address to read it from`, status);
  } catch (error) {
    if (refusedWith(error, 404, 410)) return null;
    throw error;
  }
}
