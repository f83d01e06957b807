import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Database, openDatabase } from "../../../db/client.ts";
import { findings, threads } from "../../../db/schema.ts";
import type { Context } from "../../../src/features/context.ts";
import { STATES } from "../../../src/features/findings/model.ts";
import { catchUp } from "../../../src/inbound/catch-up.ts";
import { DAY } from "../../../src/kernel/clock.ts";
import { freshDatabase } from "../../harness/database.ts";
import { VALUES } from "../findings/sample.ts";
import { HandClock } from "../platform/clock.ts";
import { saying, talkDeps } from "../threads/talk.ts";

let database: Database;
beforeAll(async () => {
  database = await openDatabase({ url: null, dataDir: "memory://", ...(await freshDatabase("pglite")) });
});
afterAll(() => database.close());

test("however many findings are talked about, the turn comes to each, in every state that has a thread", async () => {
  const { db } = database;
  const clock = new HandClock();
  const now = clock.now();
  const states = STATES.filter((state) => state !== "new");
  const rowOf = (id: number, stateAt: Date) => ({
    ...{ ...VALUES, test: `Test${id}`, state: states[id % states.length] ?? "open" },
    ...{ stateAt, lastSeen: stateAt },
  });
  const long = new Date(now.getTime() - 15 * DAY);
  for (let id = 1; id <= 50; id += 1) {
    await db.insert(findings).values(rowOf(id, id <= 45 ? now : long));
    await db.insert(threads).values({
      ...{ findingId: id, channel: "C1", ts: `1700000000.${String(id).padStart(6, "0")}` },
      ...{ permalink: "https://acme.slack.com/p", cardDigest: "x", createdAt: now },
    });
  }
  const asked: string[] = [];
  const chat = {
    whoAmI: async () => ({ user: "U0BOT", botId: "B0BOT", team: "T1" }),
    messages: async (_channel: string, { thread }: { thread: string }) => {
      asked.push(thread);
      return [];
    },
  } as unknown as Context["chat"]; // nothing else of it is called here
  const deps = { ...talkDeps(db, clock, saying("")), chat } as unknown as Context; // as above
  const turns: number[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    await catchUp(deps);
    turns.push(asked.length);
  }
  expect(turns).toEqual([20, 40, 60]);
  expect(new Set(asked).size).toBe(45);
});
