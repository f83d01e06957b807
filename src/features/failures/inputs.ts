import { closeSync, createReadStream, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { errorText, UserError } from "../../kernel/errors.ts";
import { createExtractor } from "./extract/engine.ts";
import { bounded, HEAD, headed, isText, isZip, MAX_UNPACKED, plain } from "./inputs/plain.ts";
import type { ZipEntry } from "./inputs/zip.ts";
import type { Extraction, ExtractOptions, Failure } from "./model.ts";
import { declaredEncoding, mayBeReport } from "./reports/detect.ts";

/** What one input told, and what of it could not be read (what came before the break still counts). */
export interface InputResult {
  readonly extraction: Extraction;
  readonly faults: readonly string[];
}

const READABLE = /\.(?:log|txt|out|gz|zip|xml|trx|json|jsonl|ndjson|tap)$/i;
const MAX_FILES = 10_000;
/** Bytes of a file that are read at once; more do not stay in the processor's memory. */
const CHUNK = 256 * 1024;
/** Bytes after which garbage is collected: left to itself, the heap grows to several times what is in use. */
const COLLECT = 64 * 1024 ** 2;
/** A zip on standard input has to be held, since its directory is at its end. */
const MAX_HELD = 256 * 1024 ** 2;

/** What is known of the log, and how many bytes a packed input may unpack to. */
interface InputOptions extends ExtractOptions {
  readonly maxUnpacked?: number;
}

/** Extracts one input: a file of any known form, a folder, or `-` for `stdin`. Never throws. */
export async function extractInput(
  path: string,
  stdin: AsyncIterable<Uint8Array>,
  options: InputOptions,
): Promise<InputResult> {
  const results: Extraction[] = [];
  const faults: string[] = [];
  const read = async (name: string, work: () => Promise<Extraction[]>) => {
    try {
      results.push(...(await work()));
    } catch (error) {
      if (error instanceof PartlyRead) results.push(error.extraction);
      faults.push(faultOf(name, error));
    }
  };
  if (path === "-") await read("-", async () => extractStream(stdin, options, faults));
  else {
    let files: string[] = [];
    await read(path, async () => {
      files = statSync(path).isDirectory() ? filesUnder(path, faults) : [path];
      return [];
    });
    for (const file of files) await read(file, () => extractFile(file, options, faults));
  }
  return { extraction: merge(results), faults };
}

/** An input that broke off; what it told until then is kept. */
class PartlyRead extends Error {
  constructor(
    readonly extraction: Extraction,
    override readonly cause: unknown,
  ) {
    super("partly read");
  }
}

const faultOf = (name: string, error: unknown): string =>
  error instanceof PartlyRead
    ? `the rest of ${name}: ${errorText(error.cause)}`
    : `${name}: ${errorText(error)}`;

async function extractFile(path: string, options: InputOptions, faults: string[]): Promise<Extraction[]> {
  const stream = () => createReadStream(path, { highWaterMark: CHUNK });
  // a pipe, as a shell's `<(…)`, can be read once
  if (!statSync(path).isFile()) return extractStream(stream(), options, faults);
  const log = extractLog(path, options);
  if (log !== undefined) return [log];
  const first = await headed(stream());
  await first.close();
  if (isZip(first.head)) return extractZip(Bun.file(path), path, options, faults);
  return [await extractPlain(stream(), options)];
}

/**
 * Extracts a file that is a log as it stands; undefined where it is something else. It is read into the search's
 * own memory, without streams or other threads: both cost more than the reading, and nobody else waits.
 */
function extractLog(path: string, options: InputOptions): Extraction | undefined {
  const file = openSync(path, "r");
  try {
    const head = Buffer.alloc(HEAD);
    const known = head.subarray(0, readSync(file, head, 0, HEAD, 0));
    if (!isText(known) || mayBeReport(known.toString())) return undefined;
    const extractor = createExtractor(options);
    let at = 0;
    const read = (room: Uint8Array): number => {
      const size = readSync(file, room, 0, Math.min(room.length, CHUNK), at);
      if (Math.floor((at + size) / COLLECT) > Math.floor(at / COLLECT)) Bun.gc(true);
      at += size;
      return size;
    };
    try {
      while (extractor.fill(read) > 0);
    } catch (error) {
      throw new PartlyRead(extractor.end(), error);
    }
    return extractor.end();
  } finally {
    closeSync(file);
  }
}

async function extractStream(
  stream: AsyncIterable<Uint8Array>,
  options: InputOptions,
  faults: string[],
): Promise<Extraction[]> {
  const { head, all } = await headed(stream);
  if (!isZip(head)) return [await extractPlain(all, options)];
  const held: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of bounded(all, MAX_HELD)) held.push(new Uint8Array(chunk));
  return extractZip(new Blob(held), "-", options, faults);
}

async function extractZip(
  zip: Blob,
  path: string,
  options: InputOptions,
  faults: string[],
): Promise<Extraction[]> {
  const results: Extraction[] = [];
  let left = options.maxUnpacked ?? MAX_UNPACKED;
  const { zipEntries } = await import("./inputs/zip.ts");
  for (const entry of jobLogs(await zipEntries(zip))) {
    try {
      const counted = bounded(entry.open(), left);
      const metered = meter(counted, (size) => {
        left -= size;
      });
      results.push(await extractPlain(metered, options));
    } catch (error) {
      if (error instanceof PartlyRead) results.push(error.extraction);
      faults.push(faultOf(`${path} (${entry.name})`, error));
      if (left <= 0) break;
    }
  }
  return results;
}

async function* meter(
  stream: AsyncIterable<Uint8Array>,
  add: (size: number) => void,
): AsyncIterable<Uint8Array> {
  for await (const chunk of stream) {
    add(chunk.length);
    yield chunk;
  }
}

/** GitHub's archives hold each job whole beside a folder of its steps: the folder would count twice. */
function jobLogs(entries: readonly ZipEntry[]): ZipEntry[] {
  const jobs = entries
    .map((entry) => /^-?\d+_([^/]+)\.txt$/.exec(entry.name)?.[1])
    .filter((name) => name !== undefined)
    .map(bareName);
  const whole = new Set(jobs);
  const told = (folder: string): boolean => {
    const name = bareName(folder);
    // either of the two may be cut where a job's name is long
    return whole.has(name) || jobs.some((job) => cutAlike(job, name) || cutAlike(name, job));
  };
  return entries.filter((entry) => {
    const [folder = "", ...rest] = entry.name.split("/");
    return READABLE.test(entry.name) && !(rest.length > 0 && told(folder));
  });
}

/** Letters and digits of a job's name: signs are left out of file names and folder names differently. */
const bareName = (name: string): string => name.replace(/[^\p{L}\p{N}]+/gu, "");
const cutAlike = (short: string, long: string): boolean => short.length >= 40 && long.startsWith(short);

async function extractPlain(stream: AsyncIterable<Uint8Array>, options: InputOptions): Promise<Extraction> {
  const { head, all } = await plain(stream, options.maxUnpacked);
  const beginning = new TextDecoder().decode(head);
  const report = mayBeReport(beginning)
    ? (await import("./reports/reader.ts")).reportReader(beginning, options)
    : undefined;
  if (report !== undefined) {
    const decoder = decoderOf(declaredEncoding(beginning));
    try {
      for await (const chunk of all) report.push(decoder.decode(chunk, { stream: true }));
      report.push(decoder.decode());
      return report.end();
    } catch (error) {
      throw new PartlyRead(report.told(), error);
    }
  }
  const extractor = createExtractor(options);
  try {
    for await (const chunk of all) extractor.push(chunk);
  } catch (error) {
    throw new PartlyRead(extractor.end(), error);
  }
  return extractor.end();
}

/** The decoder for an encoding by its name; for one that is not known, UTF-8. */
function decoderOf(encoding: string | undefined): TextDecoder {
  try {
    // the name comes from a file; what the type does not list is refused, which is what is waited for
    return new TextDecoder(encoding as Bun.Encoding | undefined);
  } catch {
    return new TextDecoder();
  }
}

/** Logs in a folder and those below it. Links are not followed: they may lead in a circle, or out of it. */
function filesUnder(top: string, faults: string[]): string[] {
  const files: string[] = [];
  const folders = [top];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    try {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) folders.push(path);
        else if (entry.isFile() && READABLE.test(entry.name)) files.push(path);
      }
    } catch (error) {
      faults.push(`${folder}: ${errorText(error)}`);
    }
    if (files.length > MAX_FILES) throw new UserError(`the folder holds over ${MAX_FILES} logs`);
  }
  return files.sort();
}

/** Joins the parts of one input; the same failure in two of its files counts once. */
function merge(parts: readonly Extraction[]): Extraction {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const merged: Extraction = { failures: [], infra: [], lines: 0, tests: [], excerpts: new Map() };
  const seen = new Set<string>();
  for (const part of parts) {
    part.failures.forEach((failure, index) => {
      const key = keyOf(failure);
      if (seen.has(key)) return;
      seen.add(key);
      const excerpt = part.excerpts.get(index);
      const at = merged.failures.push(failure) - 1;
      if (excerpt !== undefined) merged.excerpts.set(at, excerpt);
    });
    merged.infra.push(...part.infra);
    merged.tests.push(...part.tests);
    merged.lines += part.lines;
  }
  return merged;
}

const keyOf = (failure: Failure): string =>
  `${failure.fingerprint} ${failure.package ?? ""} ${failure.file ?? ""}`;
