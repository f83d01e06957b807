import type { Embedded } from "./database.ts";

/** Tables with more rows than this that were changed or deleted since, and more than a fifth of what lives in them. */
const DEAD = { atLeast: 1000, perLiving: 0.2 };

/**
 * Does what a server's autovacuum does and an embedded engine has nobody for: takes away what dead rows occupy, and
 * counts anew what the planner reckons with. Table by table, so that others wait for one at the most.
 * @returns the tables' names.
 */
export async function tidy(db: Pick<Embedded, "query" | "exec">): Promise<string[]> {
  // what was just done is counted, too
  await db.query("select pg_stat_force_next_flush()");
  const { rows } = await db.query<{ name: string }>(
    `select format('%I.%I', schemaname, relname) as name from pg_stat_user_tables
      where n_dead_tup > $1 and n_dead_tup > $2::float * n_live_tup order by n_dead_tup desc`,
    [DEAD.atLeast, DEAD.perLiving],
  );
  for (const { name } of rows) await db.exec(`vacuum (analyze) ${name}`);
  return rows.map(({ name }) => name);
}
