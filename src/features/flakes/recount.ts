import { sql } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import type { FindingId } from "../../kernel/ids.ts";
import { LOWEST_REPORT } from "../../kernel/run-number.ts";

/**
 * Counts the sightings of a finding, or of all of them, anew: its totals, where they came from, and for each day how many,
 * what time of CI they cost and how often they had something run again. Counting whole makes it right whatever was
 * adopted or joined meanwhile; lists and figures read the counts, so they stay quick with millions of sightings.
 */
export async function recount(tx: Db, finding: FindingId | "all"): Promise<void> {
  const mine = finding === "all" ? sql`finding_id is not null` : sql`finding_id = ${finding}`;
  await tx.execute(sql`delete from finding_days where ${mine}`);
  await tx.execute(sql`
    insert into finding_days (finding_id, day, n, lost_seconds, reruns)
    select s.finding_id, (s.at at time zone 'UTC')::date, count(*),
      coalesce(sum(case when s.retried_ok then 0 else j.seconds::real / greatest(s.fell_together, 1) end), 0)::int,
      count(distinct (s.run, s.attempt)) filter (where a.run is not null)
    from (select finding_id, at, repo, job, run, attempt, retried_ok, fell_together from sightings where ${mine}) s
    left join job_runs j on j.repo = s.repo and j.job = s.job
    left join attempts a on a.repo = s.repo and a.run = s.run and a.attempt = s.attempt + 1
    group by 1, 2`);
  await tx.execute(sql`
    update findings set lost_seconds = coalesce(
        (select sum(d.lost_seconds) from finding_days d where d.finding_id = findings.id), 0),
      seen = t.seen, pulls_hit = t.pulls, authors_hit = t.authors, retried_ok = t.retried,
      by_forge = t.forge, by_report = t.report, by_prow = t.prow
    from (
      select f.id, count(s.id) as seen, count(distinct s.pull) as pulls, count(distinct s.author) as authors,
        count(*) filter (where s.retried_ok) as retried, coalesce(bool_or(s.job >= 0), false) as forge,
        coalesce(bool_or(s.job < 0 and s.job >= ${LOWEST_REPORT}), false) as report,
        coalesce(bool_or(s.job < ${LOWEST_REPORT}), false) as prow
      from findings f left join sightings s on s.finding_id = f.id
      where ${finding === "all" ? sql`true` : sql`f.id = ${finding}`}
      group by f.id
    ) t where findings.id = t.id`);
}
