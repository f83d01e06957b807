import { afterAll, beforeAll, beforeEach, describe } from "bun:test";
import { sql } from "drizzle-orm";
import postgres from "postgres";
import { type Database, type Db, openDatabase, rows } from "../../../db/client.ts";

/** A server where tests may make databases; `verify` starts one where its programs are installed. */
const SERVER = process.env.TEST_POSTGRES_URL ?? process.env.TEST_DATABASE_URL;

/** Milliseconds that making a database may take on a busy machine. */
const OPENING = 60_000;

export interface Opened {
  db: Db;
  database: Database;
  /** Null on the embedded database. */
  url: string | null;
}

/**
 * Describes `tests` on both databases, on Postgres only where there is a server. All tests of a file share a
 * database; each finds its tables empty.
 */
export function onBothDatabases(name: string, tests: (opened: () => Opened) => void): void {
  describe(`${name} on PGlite`, () => tests(shared(openEmbedded)));
  if (SERVER === undefined) describe.skip(`${name} on Postgres`, () => tests(notOpen));
  else describe(`${name} on Postgres`, () => tests(shared(() => openOnServer(SERVER))));
}

const notOpen = (): never => {
  throw new Error("the database is not open yet");
};

/** Opens a database before the tests of the block, empties it before each of them, and closes it after. */
function shared(open: () => Promise<Closable>): () => Opened {
  let current: Closable | null = null;
  const opened = () => current?.opened ?? notOpen();
  beforeAll(async () => {
    current = await open();
  }, OPENING);
  beforeEach(() => empty(opened().db));
  afterAll(() => current?.close(), OPENING);
  return opened;
}

interface Closable {
  opened: Opened;
  close: () => Promise<void>;
}

async function openEmbedded(): Promise<Closable> {
  const database = await openDatabase({ url: null, dataDir: "memory://" });
  return { opened: { db: database.db, database, url: null }, close: () => database.close() };
}

async function openOnServer(server: string): Promise<Closable> {
  const admin = postgres(server, { max: 1, onnotice: () => {} });
  const name = `unit_${crypto.randomUUID().replaceAll("-", "")}`;
  await admin.unsafe(`create database ${name}`);
  const address = new URL(server);
  address.pathname = `/${name}`;
  const url = address.href;
  const database = await openDatabase({ url, dataDir: "" });
  const close = async () => {
    await database.close();
    await admin.unsafe(`drop database ${name} with (force)`);
    await admin.end();
  };
  return { opened: { db: database.db, database, url }, close };
}

async function empty(db: Db): Promise<void> {
  const tables = await rows(db, sql`select tablename from pg_tables where schemaname = 'public'`);
  const names = tables.map((table) => `"${table.tablename}"`).join(", ");
  await db.execute(sql.raw(`truncate ${names} restart identity cascade`));
}
