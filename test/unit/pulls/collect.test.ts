import { afterAll, beforeAll, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import type { Database } from "../../../db/client.ts";
import { outbox, threads } from "../../../db/schema.ts";
import type { Context } from "../../../src/features/context.ts";
import { collectReviews } from "../../../src/features/pulls/review.ts";
import { Login } from "../../../src/kernel/ids.ts";
import { clock, configWith, NOW, OPENING, openEmpty } from "../web/world.ts";
import { inReview } from "./seed.ts";

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
  const pull = await inReview(db);
  const thread = { channel: "C1", ts: "1.000001", permalink: "https://x.example", cardDigest: "" };
  await db.insert(threads).values({ ...thread, findingId: pull.findingId, createdAt: NOW });
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
