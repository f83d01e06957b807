import { constants } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { languageOf } from "./languages.ts";

/** Most that is looked at of a repository, which may be made to cost time. */
export interface TreeLimits {
  /** Entries of all folders together. */
  entries: number;
  /** Bytes of one file; larger ones are listed and not read. */
  fileBytes: number;
  /** Bytes of all files together. */
  totalBytes: number;
}

export const TREE_LIMITS: TreeLimits = {
  entries: 200_000,
  fileBytes: 512 * 1024,
  totalBytes: 96 * 1024 * 1024,
};

const PASSED_OVER = new Set([
  ".git",
  "node_modules",
  "vendor",
  "third_party",
  "bower_components",
  "target",
  "dist",
  "__pycache__",
  "venv",
  ".venv",
  ".tox",
]);
const AT_ONCE = 32;
const DEEPEST = 40;

/** The code of a folder: which files there are, and the text of those that are code and not too large. */
export interface CodeTree {
  /** Paths from the root with `/`, sorted. */
  files: readonly string[];
  texts: ReadonlyMap<string, string>;
}

/**
 * Reads the code below `root`. Links are never followed; what cannot be read, is no text or is above a limit has no
 * text. `first` are folders or files whose code is read before the rest, for the case that a limit is reached.
 */
export async function readTree(
  root: string,
  first: readonly string[] = [],
  limits: TreeLimits = TREE_LIMITS,
): Promise<CodeTree> {
  const files = await filesUnder(root, limits.entries);
  const rank = (path: string): number => {
    if (first.some((hint) => path.startsWith(hint))) return 0;
    return languageOf(path)?.isTest(path) ? 1 : 2;
  };
  const queue = files
    .filter((path) => languageOf(path) !== undefined || path.endsWith("go.mod"))
    .map((path) => ({ path, rank: rank(path) }))
    .sort((a, b) => a.rank - b.rank);
  const texts = new Map<string, string>();
  let left = limits.totalBytes;
  for (let at = 0; at < queue.length && left > 0; at += AT_ONCE) {
    const batch = queue.slice(at, at + AT_ONCE);
    const read = await Promise.all(batch.map(({ path }) => readText(join(root, path), limits.fileBytes)));
    batch.forEach(({ path }, index) => {
      const text = read[index];
      if (text === undefined || text.length > left) return;
      left -= text.length;
      texts.set(path, text);
    });
  }
  return { files, texts };
}

async function filesUnder(root: string, most: number): Promise<string[]> {
  const files: string[] = [];
  let left = most;
  let level = [""];
  for (let depth = 0; level.length > 0 && depth < DEEPEST; depth += 1) {
    const next: string[] = [];
    for (const folder of level) {
      const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        left -= 1;
        if (left < 0) return files.sort();
        if (/[\u0000-\u001f\u007f]/.test(entry.name)) continue;
        const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
        if (entry.isFile()) files.push(path);
        else if (entry.isDirectory() && !PASSED_OVER.has(entry.name)) next.push(path);
      }
    }
    level = next;
  }
  return files.sort();
}

/** The last part of the path is opened without following a link, and without waiting for the other end of a pipe. */
async function readText(path: string, most: number): Promise<string | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch(() => null);
  if (file === null) return undefined;
  try {
    const stat = await file.stat();
    if (!stat.isFile() || stat.size > most) return undefined;
    const bytes = await file.readFile();
    return bytes.includes(0) ? undefined : bytes.toString("utf8");
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
