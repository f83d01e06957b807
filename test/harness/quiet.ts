import { sql } from "drizzle-orm";
import { type Db, rows } from "../../db/client.ts";
import { taskQueue } from "../../src/platform/jobs.ts";

/** A sign-in that nobody has confirmed is looked at again and again. */
const WAITS_FOR_A_PERSON = "link.check";

/**
 * What the product still has to do, in words; empty when there is nothing. While it is paused, what waits for the end
 * of the pause does not count; without a worker, neither do tasks.
 */
export async function openWork(db: Db, options: { worker: boolean }): Promise<string> {
  const counted = await rows(
    db,
    sql`select 'delivery ' || source || ' ' || kind || coalesce(': ' || error, '') as what, count(*)::int as n
          from inbox where done_at is null group by 1
        union all
        select 'write ' || kind || coalesce(': ' || error, ''), count(*)::int
          from outbox where state in ('pending', 'sending') and (while_paused = 'go' or not exists (select 1 from settings where name = 'pause')) group by 1
        union all
        select 'job ' || name || ' ' || state, count(*)::int
          from pgboss.job where state in ('created', 'retry', 'active') and name not in ('dead', ${WAITS_FOR_A_PERSON})
           and (${options.worker} or name not like ${`${taskQueue([])}%`}) group by 1`,
  );
  return counted.map((row) => `${row.n} × ${row.what}`).join(", ");
}
