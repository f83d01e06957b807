import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import { type SQL, sql } from "drizzle-orm";
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import { drizzle as drizzlePglite } from "drizzle-orm/pglite";
import { migrate as migratePglite } from "drizzle-orm/pglite/migrator";
import { drizzle as drizzlePostgres } from "drizzle-orm/postgres-js";
import { migrate as migratePostgres } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import { type Embedded, EmbeddedDatabase } from "./embedded/database.ts";
import type { Heard } from "./embedded/engine.ts";
import { here, inThread } from "./embedded/line.ts";
import * as schema from "./schema.ts";

/**
 * The database or a transaction in it; both are used alike. On PGlite there is one connection: inside a
 * transaction everything goes through the transaction's handle, and nothing but SQL is awaited.
 */
export type Db = PgDatabase<PgQueryResultHKT, typeof schema>;

export interface Database {
  db: Db;
  /** The same database for work that a person waits for: jobs do not keep it waiting longer than a transaction lasts. */
  people: Db;
  kind: "pglite" | "postgres";
  /** The embedded engine, for the queue's adapter; null on Postgres. */
  pglite: Embedded | null;
  /** What another thread of this process opens the same database by. */
  door(): Door;
  close(): Promise<void>;
}

/** The way to a database that this process has opened: an address, or a port to the embedded one, to be transferred. */
export type Door = { url: string } | { port: MessagePort };

type Lost = (error: Error) => void;

/** Nothing can be done without a database, and what was in hand is taken up again at the next start. */
const endProcess: Lost = (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
};

const MIGRATIONS = join(import.meta.dir, "migrations");

/**
 * Opens the database and brings its schema up to date.
 * @param options.url Postgres address; null for the embedded one in `dataDir`.
 * @param options.snapshot an image of an embedded database to begin with where `dataDir` has none.
 * @param options.lost is told if the embedded database stops by itself; without it the process ends.
 */
export async function openDatabase(options: {
  url: string | null;
  dataDir: string;
  snapshot?: Blob;
  lost?: Lost;
}): Promise<Database> {
  const { url, dataDir, snapshot, lost = endProcess } = options;
  return url === null ? openEmbedded(dataDir, snapshot, lost) : openServer(url);
}

async function openEmbedded(dataDir: string, snapshot: Blob | undefined, lost: Lost): Promise<Database> {
  const memory = dataDir === "memory://";
  if (!memory) mkdirSync(dataDir, { recursive: true });
  const line = (heard: Heard) => (memory ? here(heard, lost) : inThread(heard, lost));
  const pglite = await EmbeddedDatabase.open(line, dataDir, snapshot);
  const database = onEmbedded(pglite, () => pglite.close());
  await migratePglite(database.db, { migrationsFolder: MIGRATIONS });
  return database;
}

function onEmbedded(pglite: EmbeddedDatabase, close: () => Promise<void>) {
  // drizzle's type asks for the engine's own class, its code for `query` and `transaction`
  const db = drizzlePglite(pglite as unknown as PGlite, { schema });
  const people = drizzlePglite(pglite.forPeople() as unknown as PGlite /* as above */, { schema });
  const door = () => ({ port: pglite.door() });
  return { db, people, kind: "pglite" as const, pglite, door, close };
}

/** Opens a database that another thread has opened; it must be closed before that one. */
export async function joinDatabase(door: Door): Promise<Database> {
  if ("url" in door) return connect(door.url).database;
  const pglite = EmbeddedDatabase.join(door.port);
  return onEmbedded(pglite, async () => pglite.leave());
}

async function openServer(url: string): Promise<Database> {
  const { database, client, db } = connect(url);
  await oneAtATime(client, () => migratePostgres(db, { migrationsFolder: MIGRATIONS }));
  return database;
}

/** Connections to a server, opened at the first need. */
function connect(url: string) {
  const client = postgres(url, { max: 8, onnotice: () => {}, connect_timeout: 10 });
  const db = drizzlePostgres(client, { schema });
  // connections of their own: jobs may have all others in transactions
  const forPeople = postgres(url, { max: 4, onnotice: () => {}, connect_timeout: 10 });
  const close = async () => {
    await Promise.all([client.end({ timeout: 5 }), forPeople.end({ timeout: 5 })]);
  };
  const people = drizzlePostgres(forPeople, { schema });
  const database: Database = { db, people, kind: "postgres", pglite: null, door: () => ({ url }), close };
  return { database, client, db };
}

/** Processes that start together migrate one after the other: an advisory lock on a connection of its own. */
async function oneAtATime(client: postgres.Sql, work: () => Promise<void>): Promise<void> {
  const session = await client.reserve();
  const key = 5_771_203;
  try {
    await session`select pg_advisory_lock(${key})`;
    await work();
  } finally {
    await session`select pg_advisory_unlock(${key})`;
    session.release();
  }
}

/** Rows of a raw statement, the same on both drivers. */
export async function rows(db: Db, query: SQL): Promise<Record<string, unknown>[]> {
  const result: unknown = await db.execute(query);
  if (Array.isArray(result)) return result;
  // PGlite answers { rows }, postgres.js an array: nothing else implements Db
  return (result as { rows: Record<string, unknown>[] }).rows;
}

/** Fails when the database does not answer. */
export async function ping(db: Db): Promise<void> {
  await db.execute(sql`select 1`);
}
