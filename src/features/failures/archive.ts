import { UserError } from "../../kernel/errors.ts";
import type { CiJob } from "../../ports/ci.ts";
import { bounded } from "./inputs/plain.ts";
import { type ZipEntry, zipEntries } from "./inputs/zip.ts";

/** The log of a job out of an archive; null where it has none that is surely this job's. */
export type JobLogs = (job: CiJob) => AsyncIterable<Uint8Array> | null;

/** A zip is held, since its directory stands at its end; a larger one is left alone. */
const MOST_HELD = 64 * 1024 ** 2;

/**
 * The archive of an attempt's logs: one request instead of one for each job.
 * @returns null when it is too large to be held, or broken: then jobs are asked for one by one.
 */
export async function readArchive(
  stream: ReadableStream<Uint8Array>,
  jobs: readonly CiJob[],
): Promise<JobLogs | null> {
  try {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for await (const chunk of bounded(stream, MOST_HELD)) parts.push(new Uint8Array(chunk));
    const entries = await zipEntries(new Blob(parts));
    const names = jobs.map((job) => plainName(job.name));
    return (job) => {
      const name = plainName(job.name);
      if (names.filter((other) => other === name).length > 1) return null;
      const [entry, second] = entries.filter((each) => isLogOf(each, name));
      return entry === undefined || second !== undefined ? null : bounded(entry.open());
    };
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

/** GitHub leaves characters out of file names and cuts them; letters and digits of the beginning stay. */
const NAME_LENGTH = 60;
const plainName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "")
    .slice(0, NAME_LENGTH);

/** Whole logs stand at the top: `3_unit (go).txt`. The folders beside them hold their steps. */
function isLogOf(entry: ZipEntry, name: string): boolean {
  const found = /^-?\d+_([^/]+)\.txt$/.exec(entry.name)?.[1];
  return found !== undefined && name !== "" && plainName(found) === name;
}
