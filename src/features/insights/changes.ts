import { sql } from "drizzle-orm";
import { type Db, rows } from "../../../db/client.ts";
import { textDigest } from "../../kernel/text/digest.ts";

/**
 * A word that differs from the last one when something changed that a page shows: it covers the audit, sightings,
 * talk, pull requests and the progress of tasks, and reads only ends of indexes and tasks under way.
 */
export async function changeMark(db: Db): Promise<string> {
  const found = await rows(
    db,
    sql`select
      (select max(id) from audit) as audit,
      (select max(id) from sightings) as sightings,
      (select max(changed_at)::text from relayed) as talk,
      (select max(updated_at)::text from pulls) as pulls,
      (select max(updated_at)::text from settings where name = 'pause') as pause,
      (select count(*) from workers where stopped_at is null) as workers,
      (select string_agg(concat_ws('/', id, state, attempt, phase, detail, done, total), ' ' order by id)
        from tasks where state in ('queued', 'running', 'publishing')) as tasks`,
  );
  return textDigest(JSON.stringify(Object.values(found[0] ?? {}).map(String)));
}
