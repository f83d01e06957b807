import { afterAll, beforeAll, beforeEach, describe } from "bun:test";
import { sql } from "drizzle-orm";
import { type Database, type Db, openDatabase, rows } from "../../../db/client.ts";
import { type DatabaseKind, freshDatabase, lacking } from "../../harness/database.ts";

/** Milliseconds that making a database may take on a busy machine. */
const OPENING = 60_000;

export interface Opened {
  db: Db;
  database: Database;
  /** Null on the embedded database. */
  url: string | null;
}

/**
 * Describes `tests` on both databases, on Postgres only where there is a server. The tests of a block share a
 * database; each finds its tables empty.
 */
export async function onBothDatabases(name: string, tests: (opened: () => Opened) => void): Promise<void> {
  describe(`${name} on PGlite`, () => tests(shared("pglite")));
  const lacks = await lacking("postgres");
  if (lacks === null) describe(`${name} on Postgres`, () => tests(shared("postgres")));
  else describe.skip(`${name} on Postgres (${lacks})`, () => tests(notOpen));
}

const notOpen = (): never => {
  throw new Error("the database is not open yet");
};

/** Opens a database before the tests of the block, empties it before each of them, and closes it after. */
function shared(kind: DatabaseKind): () => Opened {
  let current: Opened | null = null;
  const opened = () => current ?? notOpen();
  beforeAll(async () => {
    const fresh = await freshDatabase(kind);
    const url = "url" in fresh ? fresh.url : null;
    const database = await openDatabase({ url, dataDir: "memory://", ...("url" in fresh ? {} : fresh) });
    current = { db: database.db, database, url };
  }, OPENING);
  beforeEach(() => empty(opened().db));
  afterAll(() => current?.database.close(), OPENING);
  return opened;
}

/** Deleting few rows is many times quicker than truncating: that makes new files for each table and index. Needs a superuser. */
async function empty(db: Db): Promise<void> {
  const tables = await rows(db, sql`select tablename from pg_tables where schemaname = 'public'`);
  const names = tables.map((table) => `"${table.tablename}"`);
  const [filled] = await rows(
    db,
    sql.raw(`select ${names.map((name) => `exists (select 1 from ${name}) as ${name}`).join(", ")}`),
  );
  const full = names.filter((name) => filled?.[name.slice(1, -1)] === true);
  if (full.length === 0) return;
  await db.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`);
    for (const name of full) await tx.execute(sql.raw(`delete from ${name}`));
    await tx.execute(sql`
      select setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) from pg_sequences
      where schemaname = 'public' and last_value is not null`);
  });
}
