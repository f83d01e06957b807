import { sql } from "drizzle-orm";
import { z } from "zod";
import { type Db, rows } from "../../db/client.ts";
import { LOWEST_REPORT } from "../../src/kernel/run-number.ts";

const Index = z.object({ name: z.string(), definition: z.string() });

/**
 * Fills an empty Postgres with findings in all states and sightings of 90 days: few flakes are seen very often and most
 * seldom, as in real histories. Every value follows from its number, so two databases of a size are the same.
 */
export async function fillConsole(
  db: Db,
  now: Date,
  { findings, sightings }: { findings: number; sightings: number },
): Promise<void> {
  const at = sql`${now.toISOString()}::timestamptz`;
  await db.execute(sql`
    insert into findings (kind, repo, test, package, file, framework, signature, state, class, confidence, reasons,
      first_seen, last_seen, state_at, merged_at, issue_number)
    select case when n % 25 = 24 then 'runtime_error' else 'flaky_test' end, 'acme/repo-' || n % 5,
      'TestModule' || n % 97 || '/case ' || n, 'server/pkg' || n % 40,
      'server/pkg' || n % 40 || '/x_test.go', 'go-test', 'Not equal: expected: "' || n || '" actual: "0"',
      (array['new','open','approved','fixing','pending_review','merged','deployed','failed','dismissed'])[1 + n % 9],
      'flaky-test', 0.8 + (n % 20) / 100.0,
      '[{"rule":"spread","text":"failed in 9 of 400 comparable runs"},{"rule":"same-commit","text":"failed and passed"}]',
      ${at} - (n % 90) * interval '1 day', ${at} - (n % 2000) * interval '1 hour', ${at} - (n % 2000) * interval '1 hour',
      case when n % 9 in (5, 6) then ${at} - (n % 60) * interval '1 day' end, n
    from generate_series(1, ${findings}::int) n`);
  await db.execute(sql`
    insert into fingerprints (fingerprint, finding_id, signature, first_seen)
    select lpad(to_hex(n), 64, '0'), n, 'Not equal', ${at} from generate_series(1, ${findings}::int) n`);
  await db.execute(sql`
    insert into issues (finding_id, repo, number, url, opened_at)
    select n, 'acme/repo-' || n % 5, n, 'https://github.com/acme/shop/issues/' || n, ${at}
    from generate_series(1, ${findings}::int) n`);
  await withoutIndexes(db, "sightings", () => addSightings(db, now, { findings, to: sightings }));
  await addJobs(db);
  await addRest(db, now, findings);
  await addWork(db, now, findings);
}

/** Loads a table whose indexes are made afterwards: ten times as quick. */
async function withoutIndexes(db: Db, table: string, load: () => Promise<void>): Promise<void> {
  const found = await rows(
    db,
    sql`select indexname as name, indexdef as definition from pg_indexes
      where tablename = ${table} and indexname not like '%_pkey'`,
  );
  const indexes = found.map((row) => Index.parse(row));
  for (const { name } of indexes) await db.execute(sql.raw(`drop index "${name}"`));
  await load();
  for (const { definition } of indexes) await db.execute(sql.raw(definition));
}

/** The job's number for sighting `n` of finding `f`: of the forge, of a pushed report, of Prow. */
const JOB = sql.raw(`case when f % 50 = 7 then -n when f % 70 = 9 then ${LOWEST_REPORT} - n else n end`);

/** A share of `u³` of the findings has the sightings below `u`: the first ones are seen most. */
async function addSightings(
  db: Db,
  now: Date,
  { findings, to }: { findings: number; to: number },
): Promise<void> {
  const at = sql`${now.toISOString()}::timestamptz`;
  await db.transaction(async (tx) => {
    // every finding is there: to look it up for each sighting would take as long as all the rest
    await tx.execute(sql`set local session_replication_role = replica`);
    await tx.execute(sql`
    insert into sightings (fingerprint, finding_id, repo, job, run, attempt, job_name, sha, branch, pull, author, at, test,
      framework, kind, message, signature, line, retried_ok, fell_together, infra, excerpt, url)
    select lpad(to_hex(f), 64, '0'), f, 'acme/repo-' || f % 5, ${JOB}, n / 3, 1 + n % 2, 'unit (' || n % 12 || ')',
      lpad(to_hex(n), 40, '0'), case when n % 4 = 0 then 'master' else 'feature-' || n % 50 end,
      case when n % 4 = 0 then null else 1000 + n % 5000 end, 'dev' || n % 60,
      ${at} - ((n::bigint * 7919) % 7776000) * interval '1 second', 'TestModule/case', 'go-test', 'assert',
      'Not equal: expected: "1" actual: "0"', 'Not equal', 42, n % 6 = 0, 1, '[]',
      case when n % 50 = 0 then repeat('a line of a log that says what went wrong' || chr(10), 20) end,
      'https://github.com/acme/shop/actions/runs/' || n
    from (select n, 1 + floor(${findings}::int * power(((n::bigint * 7907) % 1000003) / 1000003.0, 3))::int as f
      from generate_series(1, ${to}::int) n) numbered`);
  });
}

/** Of a tenth of the failed jobs it is known how long they took. */
async function addJobs(db: Db): Promise<void> {
  await db.execute(sql`
    insert into job_runs (repo, job, run, attempt, name, workflow, conclusion, sha, branch, pull, author, at, seconds, url)
    select repo, job, run, attempt, job_name, 'ci', 'failure', sha, branch, pull, author, at, 60 + (id % 900)::int, url
    from sightings where id % 10 = 0 on conflict do nothing`);
}

/** Calls of the model, and an audit of a busy quarter. */
async function addRest(db: Db, now: Date, findings: number): Promise<void> {
  const at = sql`${now.toISOString()}::timestamptz`;
  await db.execute(sql`
    insert into audit (at, actor, action, finding_id, detail)
    select ${at} - (n % 7776) * interval '1000 seconds', 'bot', 'state.open', 1 + n % ${findings}::int, '{"why":"above the bar"}'
    from generate_series(1, ${findings}::int * 10) n`);
  await db.execute(sql`
    insert into model_calls (at, purpose, model, finding_id, input_tokens, output_tokens, micro_usd)
    select ${at} - (n % 90) * interval '1 day', (array['fix','analyse','classify'])[1 + n % 3], 'm', 1 + n % ${findings}::int,
      9000, 800, 42000 from generate_series(1, ${findings}::int * 3) n`);
  await db.execute(sql`
    insert into model_days (day, purpose, calls, tokens, micro_usd)
    select (at at time zone 'UTC')::date, purpose, count(*), sum(input_tokens + output_tokens), sum(micro_usd)
    from model_calls group by 1, 2`);
}

/** Tasks with results as large as real ones, pull requests, and runtime errors. */
async function addWork(db: Db, now: Date, findings: number): Promise<void> {
  const at = sql`${now.toISOString()}::timestamptz`;
  await db.execute(sql`
    insert into tasks (id, finding_id, kind, state, requested_by, labels, branch, created_at, started_at, finished_at, result)
    select 'fix-' || n, n, 'fix', (array['done','failed'])[1 + n % 2], 'github:alice', '[]', 'ai/flaky/' || n,
      ${at} - (n % 90) * interval '1 day', ${at} - (n % 90) * interval '1 day',
      ${at} - (n % 90) * interval '1 day' + interval '9 minutes',
      jsonb_build_object('status', jsonb_build_object('coverage_delta', 0.2), 'pr', jsonb_build_object('body',
        (select string_agg(md5((n * 97 + line)::text), ' ') from generate_series(1, 200) line)))
    from generate_series(1, ${findings}::int / 2) n`);
  await db.execute(sql`
    insert into pulls (finding_id, repo, number, task_id, url, branch, head_sha, state, opened_at, updated_at, ended_at)
    select n, 'acme/repo-' || n % 5, 100000 + n, 'fix-' || n, 'https://github.com/acme/shop/pull/' || n, 'ai/flaky/' || n,
      lpad(to_hex(n), 40, '0'), (array['open','merged','closed'])[1 + n % 3], ${at} - (n % 90) * interval '1 day',
      ${at} - (n % 90) * interval '1 day' + interval '2 hours',
      case when n % 3 > 0 then ${at} - (n % 90) * interval '1 day' + interval '2 hours' end
    from generate_series(1, ${findings}::int / 2) n`);
  await db.execute(sql`
    insert into runtime_errors (fingerprint, finding_id, repo, project, type, total, first_seen, last_seen)
    select lpad(to_hex(n), 64, 'e'), n, 'acme/repo-' || n % 5, 'shop', 'TypeError', n, ${at}, ${at}
    from generate_series(24, ${findings}::int, 25) n`);
  await db.execute(sql`
    insert into error_minutes (fingerprint, minute, environment, commit, count)
    select fingerprint, ${at} - m * interval '3 hours', 'production', '', 2 from runtime_errors, generate_series(1, 100) m`);
}
