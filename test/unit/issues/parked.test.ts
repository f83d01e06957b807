import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { asc } from "drizzle-orm";
import type { Database } from "../../../db/client.ts";
import { findings, issues, outbox } from "../../../db/schema.ts";
import { fileParked } from "../../../src/features/issues/file.ts";
import { HOUR } from "../../../src/kernel/clock.ts";
import { VALUES } from "../findings/sample.ts";
import { clock, configWith, NOW, OPENING, openEmpty } from "../web/world.ts";

let database: Database;
beforeAll(async () => {
  database = await openEmpty();
}, OPENING);
afterAll(() => database.close());
beforeEach(async () => {
  await database.db.delete(outbox);
  await database.db.delete(issues);
});

/** Keys of the parked writes, `hours` after each was given up. */
async function parked(hours: Record<string, number>, more: Partial<typeof outbox.$inferInsert> = {}) {
  for (const [key, ago] of Object.entries(hours)) {
    const at = new Date(NOW.getTime() - ago * HOUR);
    await database.db.insert(outbox).values({
      ...{ key, kind: "issue.create", destination: "github", lane: key, payload: { finding: 1 } },
      ...{ state: "parked", attempts: 1, error: "410 Issues are disabled", sentAt: at },
      ...{ whilePaused: "wait", nextAt: at, createdAt: at },
      ...more,
    });
  }
}

/** Lets them be tried again. @returns the keys that now wait to be written. */
async function again(limits = { issues_per_scan: 50, issues_per_day: 50 }): Promise<string[]> {
  const config = configWith();
  Object.assign(config.file.limits, limits);
  const before = await waiting();
  const tried = await fileParked({ db: database.db, clock, config });
  const now = (await waiting()).filter(({ key }) => !before.some((one) => one.key === key));
  expect(now).toHaveLength(tried);
  for (const row of now) expect([row.nextAt, row.error]).toEqual([NOW, null]);
  return now.map(({ key }) => key).sort();
}

const waiting = async () =>
  (await database.db.select().from(outbox).orderBy(asc(outbox.id))).filter(
    ({ state }) => state === "pending",
  );

test("six hours after it was refused an issue is tried again, once", async () => {
  await parked({ late: 7, early: 5 });
  expect(await again()).toEqual(["late"]);
  expect(await again()).toEqual([]);
});

test("what was tried too often, is another kind of write or came to its end stays as it is", async () => {
  await parked({ often: 7 }, { attempts: 20 });
  await parked({ comment: 7 }, { kind: "issue.comment" });
  await parked({ sent: 7 }, { state: "sent" });
  await parked({ dropped: 7 }, { state: "dropped" });
  await parked({ last: 7 }, { attempts: 19 });
  expect(await again()).toEqual(["last"]);
});

test("five at once are tried, those that wait longest first", async () => {
  await parked({ g: 7, f: 8, e: 9, d: 10, c: 11, b: 12, a: 13 });
  expect(await again()).toEqual(["a", "b", "c", "d", "e"]);
  await database.db.delete(outbox);
  await parked({ a: 7, b: 8 });
  expect(await again()).toEqual(["a", "b"]);
});

test("no more than the caps leave after what is filed and what is under way", async () => {
  await parked({ d: 7, c: 8, b: 9, a: 10 });
  await parked({ waits: 0 }, { state: "pending" });
  const [one] = await database.db
    .insert(findings)
    .values({ ...VALUES, state: "open", stateAt: NOW })
    .returning();
  const issue = { repo: VALUES.repo, number: 1, url: "https://github.com/acme/shop/issues/1" };
  await database.db
    .insert(issues)
    .values({ ...issue, findingId: one?.id ?? 0, openedAt: new Date(NOW.getTime() - 2 * HOUR) });
  expect(await again({ issues_per_scan: 1, issues_per_day: 50 })).toEqual([]);
  expect(await again({ issues_per_scan: 50, issues_per_day: 4 })).toEqual(["a", "b"]);
  expect(await again({ issues_per_scan: 50, issues_per_day: 4 })).toEqual([]);
});
