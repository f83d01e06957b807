import { expect, test } from "bun:test";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { asc, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/pglite";
import { migrate } from "drizzle-orm/pglite/migrator";
import * as schema from "../../../db/schema.ts";
import { isCopy, type Side } from "../../../src/features/threads/relayed.ts";
import { FindingId } from "../../../src/kernel/ids.ts";
import { prowNumber, reportNumber } from "../../../src/kernel/run-number.ts";

const MIGRATIONS = join(import.meta.dir, "../../../db/migrations");
const JOURNAL = "meta/_journal.json";

/** A folder that holds the first `count` migrations alone. */
function first(count: number): string {
  const folder = mkdtempSync(join(tmpdir(), "flaky-migrations-"));
  cpSync(MIGRATIONS, folder, { recursive: true });
  const journal = JSON.parse(readFileSync(join(folder, JOURNAL), "utf8"));
  journal.entries = journal.entries.slice(0, count);
  writeFileSync(join(folder, JOURNAL), JSON.stringify(journal));
  return folder;
}

/** What was kept of a conversation before copies had a table of their own. */
const OLD = `
  insert into findings (kind, state, repo, test, framework, signature, class, confidence, reasons,
                        first_seen, last_seen, state_at)
  values ('flaky_test', 'open', 'acme/shop', 'TestA', 'go-test', 's', 'flaky-test', 0.9, '[]', now(), now(), now());
  insert into relayed (finding_id, from_side, source, target, author, text, trusted, at) values
    (1, 'slack', 'C1/1.0', 'comment/7', 'bob', 'said and copied', true, now()),
    (1, 'github', 'comment/8', 'C1/2.0', 'carol', 'copied to the thread', false, now()),
    (1, 'slack', 'C1/3.0', null, 'dave', 'on its way', false, now());`;

test("a conversation from before copies had a table of their own keeps them", async () => {
  const pglite = await PGlite.create({ dataDir: "memory://" });
  const db = drizzle(pglite, { schema });
  const old = first(1);
  try {
    await migrate(db, { migrationsFolder: old });
    await pglite.exec(OLD);
    await migrate(db, { migrationsFolder: MIGRATIONS });
    const said = await db
      .select({ source: schema.relayed.source, state: schema.relayed.state, mirror: schema.relayed.mirror })
      .from(schema.relayed)
      .orderBy(asc(schema.relayed.id));
    expect(said).toEqual([
      { source: "C1/1.0", state: "said", mirror: true },
      { source: "comment/8", state: "said", mirror: true },
      { source: "C1/3.0", state: "said", mirror: true },
    ]);
    const fresh = { digest: null, gone: false, removing: false, parked: 0 };
    const copies = await db.select().from(schema.relayedCopies).orderBy(asc(schema.relayedCopies.relayedId));
    expect(copies).toEqual([
      { relayedId: 1, part: 0, target: "comment/7", ...fresh },
      { relayedId: 2, part: 0, target: "C1/2.0", ...fresh },
    ]);
    const ours = (from: Side, target: string) => isCopy(db, { finding: FindingId.parse(1), from, target });
    // what is ours is still known for it, so it is not taken for a person's word
    expect(await ours("github", "comment/7")).toBe(true);
    expect(await ours("slack", "C1/2.0")).toBe(true);
    expect(await ours("slack", "C1/3.0")).toBe(false);
    const [finding] = await db.select().from(schema.findings).where(eq(schema.findings.id, 1));
    expect(finding).toMatchObject({ test: "TestA", owners: null });
  } finally {
    await pglite.close();
    rmSync(old, { recursive: true, force: true });
  }
}, 60_000);

/** Calls of the model and sightings from before days of the one and sources of the other were kept. */
const UNSUMMED = `
  insert into findings (kind, state, repo, test, package, framework, signature, class, confidence, reasons,
                        first_seen, last_seen, state_at)
  select 'flaky_test', 'open', 'acme/shop', 'TestA', 'Pkg', 'go-test', 'S', 'flaky-test', 0.9, '[]', now(), now(), now()
  from generate_series(1, 3);
  insert into sightings (finding_id, job, fingerprint, repo, run, attempt, job_name, sha, branch, at, test, framework, kind,
                         message, signature, line, retried_ok, fell_together, infra, url)
  select finding, job, 'f', 'acme/shop', 1, 1, 'unit', 'a', 'main', now(), 'TestA', 'go-test', 'assert', 'm', 's', 1, false, 1,
    '[]', '' from (values (1, 7), (1, ${reportNumber("a")}), (2, ${prowNumber("a")})) as seen (finding, job);
  insert into tasks (id, finding_id, kind, state, requested_by, labels, branch, created_at, result) values
    ('a', 1, 'fix', 'done', 'x', '[]', 'b', now(), '{"status":{"coverage_delta":0.5}}'),
    ('b', 2, 'fix', 'done', 'x', '[]', 'b', now(), '{"status":{"coverage_delta":"?","reason":"a Conflict"}}');
  insert into model_calls (at, purpose, model, input_tokens, output_tokens, micro_usd) values
    ('2026-03-13T23:59:59Z', 'fix', 'm', 10, 1, 500), ('2026-03-14T00:00:00Z', 'fix', 'm', 20, 2, 700),
    ('2026-03-14T12:00:00Z', 'fix', 'm', 30, 3, 900), ('2026-03-14T12:00:00Z', 'analyse', 'm', 5, 5, 1);`;

test("what was kept before figures had sums of days is in them", async () => {
  const pglite = await PGlite.create({ dataDir: "memory://" });
  const db = drizzle(pglite, { schema });
  const old = first(7);
  try {
    await migrate(db, { migrationsFolder: old });
    await pglite.exec(UNSUMMED);
    await migrate(db, { migrationsFolder: MIGRATIONS });
    const { day, purpose } = schema.modelDays;
    expect(await db.select().from(schema.modelDays).orderBy(day, purpose)).toEqual([
      { day: "2026-03-13", purpose: "fix", calls: 1, tokens: 11, microUsd: 500 },
      { day: "2026-03-14", purpose: "analyse", calls: 1, tokens: 10, microUsd: 1 },
      { day: "2026-03-14", purpose: "fix", calls: 2, tokens: 55, microUsd: 1600 },
    ]);
    const { id, byForge, byReport, byProw, words } = schema.findings;
    expect(await db.select({ byForge, byReport, byProw, words }).from(schema.findings).orderBy(id)).toEqual([
      { byForge: true, byReport: true, byProw: false, words: "testa pkg s" },
      { byForge: false, byReport: false, byProw: true, words: "testa pkg s" },
      { byForge: false, byReport: false, byProw: false, words: "testa pkg s" },
    ]);
    const { coverageDelta, conflicted } = schema.tasks;
    expect(
      await db.select({ coverageDelta, conflicted }).from(schema.tasks).orderBy(schema.tasks.id),
    ).toEqual([
      { coverageDelta: 0.5, conflicted: false },
      { coverageDelta: null, conflicted: true },
    ]);
  } finally {
    await pglite.close();
    rmSync(old, { recursive: true, force: true });
  }
}, 60_000);
