import { sql } from "drizzle-orm";
import { z } from "zod";
import { type Database, rows } from "../../db/client.ts";
import { consoleRoutes } from "../../src/web/index.ts";
import { depsOn } from "../../test/unit/web/world.ts";

const Counts = z.object({ table: z.string(), scans: z.coerce.number() });

/** As many as the product opens at once: each counts for itself until it is told to say. */
const CONNECTIONS = 8;

/**
 * Asks for the pages and says which of the tables were read from one end to the other meanwhile, by what Postgres itself
 * counts; that covers every query a page makes, also those that are added later.
 */
export async function wholeReads(
  database: Database,
  paths: readonly string[],
  tables: readonly string[],
): Promise<string[]> {
  const app = consoleRoutes(depsOn(database));
  const before = await counts(database);
  for (const path of paths) await (await app.request(path)).text();
  const after = await counts(database);
  return tables.filter((table) => (after.get(table) ?? 0) > (before.get(table) ?? 0));
}

async function counts(database: Database): Promise<Map<string, number>> {
  const connections = database.kind === "pglite" ? 1 : CONNECTIONS;
  // those that sleep keep a connection each; what was forced is written as the next statement ends
  const pause = connections === 1 ? 0 : 0.2;
  for (const statement of [
    sql`select pg_sleep(${pause}), pg_stat_force_next_flush()`,
    sql`select pg_sleep(${pause})`,
  ])
    await Promise.all(Array.from({ length: connections }, () => database.db.execute(statement)));
  const found = await rows(
    database.db,
    sql`select relname as table, seq_scan as scans from pg_stat_user_tables`,
  );
  return new Map(found.map((row) => Counts.parse(row)).map(({ table, scans }) => [table, scans]));
}
