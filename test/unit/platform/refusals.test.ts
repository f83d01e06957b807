import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Database, openDatabase } from "../../../db/client.ts";
import { MINUTE, systemClock } from "../../../src/kernel/clock.ts";
import { auditTrail } from "../../../src/platform/audit.ts";
import { Refusals } from "../../../src/platform/refusals.ts";
import { freshDatabase } from "../../harness/database.ts";

let database: Database;
beforeAll(async () => {
  database = await openDatabase({ url: null, dataDir: "memory://", ...(await freshDatabase("pglite")) });
});
afterAll(() => database.close());

test("a flood of refused requests is one row a minute for each door and reason, with how many there were", async () => {
  const { db } = database;
  let now = Date.UTC(2030, 0, 1);
  const refusals = new Refusals({ db, clock: { ...systemClock, now: () => new Date(now) } });
  const actor = {
    kind: "person",
    login: null,
    forge: null,
    chatUser: null,
    name: "unknown",
    via: "slack",
  } as const;
  const keep = (door: string, why: string) => refusals.keep({ door, actor, why });
  for (let at = 0; at < 50; at += 1) await keep("/slack/events", "unsigned");
  await keep("/webhooks/github", "unsigned");
  now += MINUTE;
  await keep("/slack/events", "unsigned");
  now += MINUTE;
  await keep("/slack/events", "unsigned");
  const rows = (await auditTrail(db, null, 100)).reverse();
  expect(rows.map(({ action, actor: who, detail }) => ({ action, who, detail }))).toEqual([
    { action: "request.refused", who: "slack:unknown", detail: { door: "/slack/events", why: "unsigned" } },
    {
      action: "request.refused",
      who: "slack:unknown",
      detail: { door: "/webhooks/github", why: "unsigned" },
    },
    {
      action: "request.refused",
      who: "slack:unknown",
      detail: { door: "/slack/events", why: "unsigned", more_since_the_last: 49 },
    },
    { action: "request.refused", who: "slack:unknown", detail: { door: "/slack/events", why: "unsigned" } },
  ]);
});
