import { afterAll, beforeAll, expect, test } from "bun:test";
import { asc, eq } from "drizzle-orm";
import type { Database } from "../../../db/client.ts";
import { findings, issues, outbox } from "../../../db/schema.ts";
import { closeIssue, reopenIssue } from "../../../src/features/issues/close.ts";
import { FindingId } from "../../../src/kernel/ids.ts";
import { VALUES } from "../findings/sample.ts";
import { clock, NOW, OPENING, openEmpty } from "../web/world.ts";

let database: Database;
beforeAll(async () => {
  database = await openEmpty();
}, OPENING);
afterAll(() => database.close());

test("what is decided last is done last, however often it was decided while nothing went out", async () => {
  const { db } = database;
  const [row] = await db
    .insert(findings)
    .values({ ...VALUES, state: "open", stateAt: NOW })
    .returning();
  const finding = FindingId.parse(row?.id);
  const issue = { repo: VALUES.repo, number: 1, url: "https://github.com/acme/shop/issues/1" };
  await db.insert(issues).values({ ...issue, findingId: finding, openedAt: NOW });
  const dismissed = { words: "Dismissed.", reason: "not_planned" } as const;
  await closeIssue({ clock }, db, finding, { key: "dismiss:1", ...dismissed });
  await reopenIssue({ clock }, db, finding, { key: "reopen:1", words: "Opened again." });
  await closeIssue({ clock }, db, finding, { key: "dismiss:2", ...dismissed });
  const waiting = await db
    .select({ payload: outbox.payload })
    .from(outbox)
    .where(eq(outbox.kind, "issue.close"))
    .orderBy(asc(outbox.id));
  expect(waiting.map(({ payload }) => payload)).toEqual([
    { finding, reason: "not_planned" },
    { finding, reason: "reopened" },
    { finding, reason: "not_planned" },
  ]);
});
