import { Database } from "bun:sqlite";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../kernel/errors.ts";

/**
 * Makes this process the only one on an embedded database. The lock is the operating system's (through SQLite's
 * exclusive transaction), so it is gone with the process, however that ended.
 * @throws UserError when another process has it, naming its process id.
 * @returns a function that gives it back.
 */
export function lockDataDir(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true });
  const release = lock(dataDir);
  if (release !== null) return release;
  throw new UserError(
    `Another process${readOwner(join(dataDir, OWNER))} works on the data folder ${dataDir}. One process at a time may use the embedded ` +
      "database: stop that one, choose another DATA_DIR, or set DATABASE_URL to a Postgres that all can share.",
  );
}

/** A folder that was made so shortly ago may not have its lock yet, ms. */
const FRESH_MS = 60_000;

/**
 * Makes a folder for this process alone below `parent`. What other processes left there that are gone goes; what is
 * younger than a minute stays.
 * @returns the folder, and what takes it away again.
 */
export function ownFolder(parent: string, name: string, now: Date): { dir: string; remove: () => void } {
  const dir = join(parent, name);
  mkdirSync(dir, { recursive: true });
  const release = lock(dir);
  for (const other of readdirSync(parent).filter((one) => one !== name)) {
    const left = join(parent, other);
    const made = statSync(left, { throwIfNoEntry: false })?.mtimeMs ?? now.getTime();
    if (made > now.getTime() - FRESH_MS) continue;
    const free = lock(left);
    free?.();
    if (free !== null) rmSync(left, { recursive: true, force: true });
  }
  const remove = () => {
    release?.();
    rmSync(dir, { recursive: true, force: true });
  };
  return { dir, remove };
}

const OWNER = "lock.pid";

/** Null where another process has it. */
function lock(dir: string): (() => void) | null {
  const database = new Database(join(dir, "lock"));
  try {
    database.run("pragma busy_timeout = 0");
    database.run("begin exclusive");
  } catch {
    database.close();
    return null;
  }
  writeFileSync(join(dir, OWNER), String(process.pid));
  return () => {
    database.run("rollback");
    database.close();
  };
}

function readOwner(path: string): string {
  try {
    return ` (process ${Number.parseInt(readFileSync(path, "utf8"), 10)})`;
  } catch {
    return "";
  }
}
