import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Database } from "../../../db/client.ts";
import { inbox } from "../../../db/schema.ts";
import type { Context } from "../../../src/features/context.ts";
import { handleDelivery } from "../../../src/inbound/deliveries.ts";
import { COMMENT } from "../../../src/inbound/github/comment.ts";
import type { InboxReceiver } from "../../../src/inbound/slack/receiver.ts";
import { DAY } from "../../../src/kernel/clock.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import { openDeliveries, readDelivery } from "../../../src/platform/inbox.ts";
import { clock, NOW, OPENING, openEmpty } from "../web/world.ts";

let database: Database;
beforeAll(async () => {
  database = await openEmpty();
}, OPENING);
afterAll(() => database.close());

/** Works on a delivery that nobody can read, which came so long ago. */
async function unreadable(days: number) {
  const { db } = database;
  const receivedAt = new Date(NOW.getTime() - days * DAY);
  const arrival = {
    source: "github",
    deliveryId: `d${days}`,
    kind: COMMENT,
    payload: {},
    receivedAt,
  } as const;
  const [row] = await db.insert(inbox).values(arrival).returning();
  const id = row?.id ?? 0;
  // neither Slack nor a forge is asked for one that cannot be read
  const deps = { db, clock, log: silentLog } as unknown as Context;
  const work = handleDelivery(deps, {} as InboxReceiver, id);
  return { id, work };
}

test("what cannot be worked off is tried again, and after three days no more", async () => {
  const { db } = database;
  const fresh = await unreadable(1);
  await expect(fresh.work).rejects.toThrow();
  const old = await unreadable(4);
  await old.work;
  expect(await openDeliveries(db, NOW)).toEqual([fresh.id]);
  expect((await readDelivery(db, old.id))?.error).toContain("repo");
});
