import { afterAll, beforeAll, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import type { Database } from "../../../db/client.ts";
import { findings, outbox, pulls, tasks, threads } from "../../../db/schema.ts";
import type { Context } from "../../../src/features/context.ts";
import { collectReviews } from "../../../src/features/pulls/review.ts";
import { pullByNumber } from "../../../src/features/pulls/store.ts";
import { Login, PullNumber, RepoName } from "../../../src/kernel/ids.ts";
import { VALUES } from "../findings/sample.ts";
import { clock, configWith, NOW, OPENING, openEmpty } from "../web/world.ts";

let database: Database;
beforeAll(async () => {
  database = await openEmpty();
}, OPENING);
afterAll(() => database.close());

const comment = (id: number) => ({
  ...{ id, author: Login.parse("carol"), body: "Please rename it.", url: `https://github.com/c/${id}` },
  ...{ createdAt: NOW, updatedAt: NOW },
});

test("who says the same again is heard again, and once each time", async () => {
  const { db } = database;
  const [row] = await db
    .insert(findings)
    .values({ ...VALUES, state: "pending_review", stateAt: NOW })
    .returning();
  const findingId = row?.id ?? 0;
  const [taskId, branch] = ["f1-fix-0a1b2c3d", "ai/flaky/0a1b2c3d"];
  await db.insert(tasks).values({
    ...{ id: taskId, findingId, kind: "fix", state: "done", requestedBy: "alice" },
    ...{ labels: [], branch, createdAt: NOW },
  });
  const url = "https://github.com/acme/shop/pull/9";
  await db.insert(pulls).values({
    ...{ findingId, repo: VALUES.repo, number: 9, taskId, url, branch, headSha: "a".repeat(40) },
    ...{ state: "open", openedAt: NOW, updatedAt: NOW },
  });
  const thread = { channel: "C1", ts: "1.000001", permalink: "https://x.example", cardDigest: "" };
  await db.insert(threads).values({ ...thread, findingId, createdAt: NOW });
  const pull = await pullByNumber(db, RepoName.parse(VALUES.repo), PullNumber.parse(9));
  if (pull === null) throw new Error("there is no pull request");
  const said = [comment(1)];
  const forge = {
    ...{ name: () => "GitHub", permission: async () => "write", reviews: async () => [] },
    ...{ reviewComments: async () => [], comments: async () => said },
  };
  const queue = { send: async () => {} };
  // nothing else is asked of them
  const deps = { db, clock, config: configWith(), forge, queue } as unknown as Context;
  const look = () => collectReviews(deps, pull, Login.parse("flaky-bot"));
  await look();
  said.push(comment(2));
  await look();
  await look();
  expect(await db.$count(outbox, eq(outbox.kind, "thread.note"))).toBe(2);
});
