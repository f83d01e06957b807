import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Database } from "../../../db/client.ts";
import { findings, sightings } from "../../../db/schema.ts";
import { waitingFindings } from "../../../src/features/issues/waiting.ts";
import { VALUES } from "../findings/sample.ts";
import { clock, configWith, NOW, OPENING, openEmpty } from "../web/world.ts";

let database: Database;
beforeAll(async () => {
  database = await openEmpty();
}, OPENING);
afterAll(() => database.close());

test("failures in an outage do not lift a finding above the bar", async () => {
  const { db } = database;
  const config = configWith();
  Object.assign(config.file.bar, { sightings: 2, confidence: 0.8 });
  const { repo } = VALUES;
  const [finding] = await db
    .insert(findings)
    .values({ ...VALUES, state: "new", stateAt: NOW })
    .returning();
  let job = 0;
  const failed = (pull: number, more: Partial<typeof sightings.$inferInsert> = {}) => {
    job += 1;
    return db.insert(sightings).values({
      ...{ repo, findingId: finding?.id, fingerprint: "ab".repeat(32), job, run: job, attempt: 1, pull },
      ...{ jobName: "unit", sha: "c".repeat(40), branch: `pull-${pull}`, at: clock.now(), line: 1 },
      ...{ test: VALUES.test, framework: "bun-test", kind: "assert", message: "", signature: "" },
      ...{ retriedOk: false, fellTogether: 1, infra: [], url: "https://ci.example/1", ...more },
    });
  };
  const above = async () =>
    (await waitingFindings({ db, clock, config })).map(({ independent, failed: jobs }) => [
      independent,
      jobs,
    ]);
  await failed(1);
  await failed(2, { infra: [{ kind: "network", line: 1, message: "down" }] });
  await failed(3, { fellTogether: 30 });
  expect(await above()).toEqual([]);
  await failed(4);
  expect(await above()).toEqual([[2, 4]]);
});
