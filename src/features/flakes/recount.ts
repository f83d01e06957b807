import { inArray, type SQL, sql } from "drizzle-orm";
import { type Db, rows } from "../../../db/client.ts";
import { FindingId } from "../../kernel/ids.ts";
import { LOWEST_REPORT } from "../../kernel/run-number.ts";

/**
 * Counts the sightings of findings, or of all of them, anew: its totals, where they came from, and for each day how many,
 * what time of CI they cost and how often they had something run again. Counting whole makes it right whatever was
 * adopted or joined meanwhile; lists and figures read the counts, so they stay quick with millions of sightings.
 * @returns those whose totals are others now.
 */
export async function recount(tx: Db, among: readonly FindingId[] | "all"): Promise<Set<FindingId>> {
  const of = (id: SQL) => (among === "all" ? sql`${id} is not null` : inArray(id, [...among]));
  const mine = of(sql`finding_id`);
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
  const changed = await rows(
    tx,
    sql`
    update findings set lost_seconds = t.lost, seen = t.seen, pulls_hit = t.pulls, authors_hit = t.authors,
      retried_ok = t.retried, by_forge = t.forge, by_report = t.report, by_prow = t.prow
    from (
      select f.id, count(s.id)::int as seen, count(distinct s.pull)::int as pulls, count(distinct s.author)::int as authors,
        (count(*) filter (where s.retried_ok))::int as retried, coalesce(bool_or(s.job >= 0), false) as forge,
        coalesce(bool_or(s.job < 0 and s.job >= ${LOWEST_REPORT}), false) as report,
        coalesce(bool_or(s.job < ${LOWEST_REPORT}), false) as prow,
        coalesce((select sum(d.lost_seconds) from finding_days d where d.finding_id = f.id), 0)::int as lost
      from findings f left join sightings s on s.finding_id = f.id
      where ${of(sql`f.id`)}
      group by f.id
    ) t
    where findings.id = t.id
      and (lost_seconds, findings.seen, pulls_hit, authors_hit, retried_ok, by_forge, by_report, by_prow)
        is distinct from (t.lost, t.seen, t.pulls, t.authors, t.retried, t.forge, t.report, t.prow)
    returning findings.id`,
  );
  return new Set(changed.map(({ id }) => FindingId.parse(id)));
}
