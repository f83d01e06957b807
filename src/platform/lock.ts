import { Database } from "bun:sqlite";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
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
  const owner = join(dataDir, "lock.pid");
  const database = new Database(join(dataDir, "lock"));
  try {
    database.run("pragma busy_timeout = 0");
    database.run("begin exclusive");
  } catch {
    database.close();
    throw new UserError(
      `Another process${readOwner(owner)} works on the data folder ${dataDir}. One process at a time may use the embedded ` +
        "database: stop that one, choose another DATA_DIR, or set DATABASE_URL to a Postgres that all can share.",
    );
  }
  writeFileSync(owner, String(process.pid));
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
