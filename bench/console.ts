/**
 * How quickly the console answers with much in the database: 10,000 findings and a million sightings in Postgres, then ten
 * million. Prints p95 of list, detail and figures, how they grow, and that no large table is read whole.
 *
 *   bun bench/console.ts [sightings…]      default 1000000 10000000
 *
 * It makes scratch databases (a few GB for ten million) on `TEST_DATABASE_URL`, or on a server of its own from the
 * installed programs. Times are of requests in this process: routing, queries and rendering, no network.
 */
import { sql } from "drizzle-orm";
import { type Database, openDatabase, rows } from "../db/client.ts";
import { recount } from "../src/features/flakes/recount.ts";
import { consoleRoutes } from "../src/web/index.ts";
import { freshPostgres, postgresServer } from "../test/harness/postgres.ts";
import { clock, depsOn } from "../test/unit/web/world.ts";
import { fillConsole } from "./console/fill.ts";
import { wholeReads } from "./console/plans.ts";

const FINDINGS = 10_000;
const TIMES = 60;
const AIM_MS = 50;
const AIM_GROWTH = 1.5;

/** Tables that grow with time, which no page may read whole. */
const BY_INDEX = [
  "sightings",
  "job_runs",
  "audit",
  "finding_days",
  "model_calls",
  "error_minutes",
  "runtime_errors",
];

/** What is measured: a page and how its address varies from one request to the next. */
const PAGES: Record<string, (n: number) => string> = {
  list: () => "/",
  "list, next pages": (n) => `/?after=4.${clock.now().getTime() - n * 3_600_000}.${n + 1}`,
  "list, Prow alone": () => "/?source=prow",
  "list, search": (n) => `/?q=case ${n}`,
  "detail, any": (n) => `/findings/F${1 + ((n * 997) % FINDINGS)}`,
  "detail, seen most": (n) => `/findings/F${n + 1}`,
  "figures, 7 days": () => "/stats?days=7",
  "figures, 30 days": () => "/stats?days=30",
  "figures, 90 days": () => "/stats?days=90",
  "figures, Actions": () => "/stats?days=90&source=actions",
};

const server = await postgresServer();
if ("lacks" in server) {
  console.log(server.lacks);
  process.exit(0);
}
const sizes = process.argv.slice(2).map(Number);
const before = new Map<string, number>();
for (const sightings of sizes.length === 0 ? [1_000_000, 10_000_000] : sizes) {
  const url = await freshPostgres();
  const database = await openDatabase({ url, dataDir: "" });
  const started = performance.now();
  await fillConsole(database.db, clock.now(), { findings: FINDINGS, sightings });
  await recount(database.db, "all");
  // as autovacuum leaves them
  await database.db.execute(sql`vacuum analyze`);
  const size = (
    await rows(database.db, sql`select pg_size_pretty(pg_database_size(current_database())) as size`)
  )[0];
  const took = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `\n${sightings.toLocaleString("en")} sightings, ${FINDINGS} findings, ${size?.size}, made in ${took} s`,
  );
  await measure(database);
  const whole = await wholeReads(
    database,
    Object.values(PAGES).map((address) => address(3)),
    BY_INDEX,
  );
  console.log(
    whole.length === 0 ? `read by index alone: ${BY_INDEX.join(", ")}` : `READ WHOLE: ${whole.join(", ")}`,
  );
  await database.close();
}
process.exit(0);

async function measure(database: Database): Promise<void> {
  const app = consoleRoutes(depsOn(database));
  for (const [name, address] of Object.entries(PAGES)) {
    const times: number[] = [];
    for (let n = 0; n < TIMES + 5; n += 1) {
      const begun = performance.now();
      const answer = await app.request(address(n));
      await answer.text();
      if (answer.status !== 200) throw new Error(`${address(n)} answered ${answer.status}`);
      // the first ones warm caches
      if (n >= 5) times.push(performance.now() - begun);
    }
    const p95 = quantile(times, 0.95);
    const known = before.get(name);
    const growth =
      known === undefined ? "" : `, ${(p95 / known).toFixed(2)}× ${p95 / known < AIM_GROWTH ? "ok" : "GREW"}`;
    before.set(name, p95);
    const words = `p95 ${p95.toFixed(1)} ms, median ${quantile(times, 0.5).toFixed(1)} ms`;
    console.log(`${name.padEnd(20)} ${words} ${p95 <= AIM_MS ? "ok" : "SLOW"}${growth}`);
  }
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
