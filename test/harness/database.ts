import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, openDatabase } from "../../db/client.ts";
import packages from "../../package.json" with { type: "json" };
import { silentLog } from "../../src/kernel/log.ts";
import { startQueue } from "../../src/platform/queue.ts";
import { freshPostgres, postgresServer } from "./postgres.ts";

export type DatabaseKind = "pglite" | "postgres";

/** The database that the suite runs on: `TEST_DATABASE`, else the embedded one. */
export const databaseOfSuite = (): DatabaseKind =>
  process.env.TEST_DATABASE === "postgres" ? "postgres" : "pglite";

/** Null where a kind can be used here, else what to install, in one line. */
export async function lacking(kind: DatabaseKind): Promise<string | null> {
  if (kind === "pglite") return null;
  const server = await postgresServer();
  return "url" in server ? null : server.lacks;
}

/** What a world starts its database from. */
export type Fresh = { snapshot: Blob } | { url: string };

/** A migrated, empty database of one's own. */
export async function freshDatabase(kind: DatabaseKind): Promise<Fresh> {
  return kind === "pglite" ? { snapshot: await image() } : { url: await freshPostgres() };
}

const MIGRATIONS = join(import.meta.dir, "../../db/migrations");

/** Puts the database of a product that was started before into its data folder. */
export async function fillDataDir(dataDir: string): Promise<void> {
  const into = join(dataDir, "pglite");
  await mkdir(into, { recursive: true });
  await image();
  // its paths begin at the root, which tar leaves away
  const tar = Bun.spawnSync(["tar", "-xf", imagePath(), "-C", into]);
  if (tar.exitCode !== 0) throw new Error(`tar: ${tar.stderr.toString()}`);
}

/** The file of the image that `freshDatabase` made: another one for every change of what goes into it. */
export function imagePath(): string {
  const hash = new Bun.CryptoHasher("sha256");
  for (const path of [...new Bun.Glob("**/*").scanSync({ cwd: MIGRATIONS })].sort())
    hash.update(readFileSync(join(MIGRATIONS, path)));
  hash.update(
    JSON.stringify([packages.dependencies["pg-boss"], packages.dependencies["@electric-sql/pglite"]]),
  );
  hash.update(readFileSync(join(import.meta.dir, "../../src/platform/queue.ts")));
  hash.update(readFileSync(join(import.meta.dir, "../../src/platform/jobs.ts")));
  hash.update(readFileSync(import.meta.path));
  return join(tmpdir(), `flaky-test-image-${hash.digest("hex").slice(0, 16)}.tar`);
}

let made: Promise<Blob> | null = null;

/** An image of a migrated embedded database with its queues; made once and kept in the system's temporary folder. */
function image(): Promise<Blob> {
  made ??= makeImage();
  return made;
}

async function makeImage(): Promise<Blob> {
  const path = imagePath();
  if (!existsSync(path)) {
    const database = await openDatabase({ url: null, dataDir: "memory://" });
    const queue = await startQueue(database, null, [], silentLog);
    await queue.stop(0);
    await withoutTemplates(database);
    const dump = await database.pglite?.dumpDataDir("none");
    await database.close();
    if (dump === undefined) throw new Error("the embedded database gave no image");
    const draft = `${path}.${process.pid}`;
    await writeFile(draft, new Uint8Array(await dump.arrayBuffer()));
    await rename(draft, path);
  }
  return new Blob([await Bun.file(path).arrayBuffer()]);
}

/** Nobody makes databases in a test's engine: a third of the image, read at each start, is left away. */
async function withoutTemplates({ pglite }: Database): Promise<void> {
  await pglite?.exec(
    "update pg_database set datistemplate = false, datallowconn = true where datname <> 'postgres'",
  );
  for (const name of ["template0", "template1"]) await pglite?.exec(`drop database ${name}`);
}
