import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { asc, eq, sql } from "drizzle-orm";
import { type Db, rows } from "../../../db/client.ts";
import { leases, outbox } from "../../../db/schema.ts";
import { RefusedError, TransientError } from "../../../src/kernel/errors.ts";
import { FindingId } from "../../../src/kernel/ids.ts";
import { auditTrail } from "../../../src/platform/audit.ts";
import { exposition } from "../../../src/platform/counters.ts";
import {
  dropStale,
  enqueueRefresh,
  markSending,
  pruneOutbox,
  waitingWrites,
} from "../../../src/platform/outbox/store.ts";
import { writePause } from "../../../src/platform/pause.ts";
import { until } from "../../harness/until.ts";
import { onBothDatabases } from "./database.ts";
import { Writing } from "./writing.ts";

await onBothDatabases("the outbox", (opened) => {
  let world: Writing;
  beforeEach(() => {
    world = new Writing(opened().db);
  });
  afterEach(() => world.stop());

  const stateOf = async (text: string) => {
    const [row] = await opened()
      .db.select()
      .from(outbox)
      .where(eq(outbox.key, `key:${text}`));
    return row === undefined ? null : { state: row.state, attempts: row.attempts, error: row.error };
  };
  const pause = (by: string | null) =>
    writePause(opened().db, world.clock, by === null ? null : { by, reason: null, at: "2026-03-14" });

  describe("what is to be written", () => {
    test("a key is written once", async () => {
      expect(await world.write("a")).toBe(true);
      expect(await world.write("b", { key: "key:a" })).toBe(false);
      expect(await waitingWrites(opened().db)).toBe(1);
    });

    test("is forgotten with the transaction that decided it", async () => {
      const undone = opened().db.transaction(async (tx) => {
        await new Writing(tx).write("a");
        throw new Error("undone");
      });
      await expect(undone).rejects.toThrow("undone");
      expect(await waitingWrites(opened().db)).toBe(0);
    });

    test("one refresh that waits serves all changes before it", async () => {
      const { db } = opened();
      const refresh = (text: string, lane = "C1") =>
        enqueueRefresh(db, world.clock, {
          destination: "slack",
          lane,
          kind: "test.note",
          payload: { text },
          finding: null,
        });
      for (const text of ["a", "a", "b", "a"]) await refresh(text);
      await refresh("a", "C2");
      const rows = await db.select().from(outbox).orderBy(asc(outbox.id));
      expect(rows.map((row) => [row.lane, row.payload])).toEqual([
        ["C1", { text: "a" }],
        ["C1", { text: "b" }],
        ["C2", { text: "a" }],
      ]);
      await db.update(outbox).set({ state: "sending" });
      await refresh("a");
      expect(await db.$count(outbox)).toBe(4);
    });

    test("a refresh that a transaction relies on is not taken before its end", async () => {
      const { db, url } = opened();
      const refresh = (tx: Db) =>
        enqueueRefresh(tx, world.clock, {
          destination: "slack",
          lane: "C1",
          kind: "test.note",
          payload: { text: "a" },
          finding: null,
        });
      await refresh(db);
      const [row] = await db.select().from(outbox);
      const order: string[] = [];
      let taking: Promise<unknown> | null = null;
      await db.transaction(async (tx) => {
        await refresh(tx);
        taking = markSending(db, row?.id ?? 0).then(() => order.push("taken"));
        // on the embedded database nothing else comes in between
        if (url !== null)
          await until("it was taken, or waits for us", async () => {
            const waiting = await rows(tx, sql`select 1 from pg_locks where not granted`);
            return order.length > 0 || waiting.length > 0;
          });
        order.push("decided");
      });
      await taking;
      expect(order).toEqual(["decided", "taken"]);
    });

    test("what was sent is forgotten later, what was parked is kept", async () => {
      const { db } = opened();
      world.expect("b", new RefusedError("no"));
      for (const text of ["a", "b", "c"]) await world.write(text);
      world.start();
      await world.steps(3);
      await world.write("d", { whilePaused: "wait" });
      await pruneOutbox(db, new Date(world.clock.now().getTime() + 1));
      const left = await db.select({ key: outbox.key }).from(outbox).orderBy(asc(outbox.id));
      expect(left.map((row) => row.key)).toEqual(["key:b", "key:d"]);
    });
  });

  describe("order and pace", () => {
    test("rows go out as they were decided, a second apart", async () => {
      for (const text of ["a", "b", "c"]) await world.write(text);
      world.start();
      await world.steps(4);
      expect(world.arrived).toEqual([
        { text: "a", at: 0 },
        { text: "b", at: 1000 },
        { text: "c", at: 2000 },
      ]);
      expect(world.settled).toEqual(["sent a", "sent b", "sent c"]);
    });

    test("a lane waits for its first row, other lanes do not", async () => {
      world.expect("a1", new Error("socket closed"));
      await world.write("a1", { lane: "A" });
      await world.write("a2", { lane: "A" });
      await world.write("b1", { lane: "B" });
      world.start({ paceMs: 100 });
      await world.steps(14);
      expect(world.texts).toEqual(["b1", "a1", "a2"]);
      expect(await stateOf("a1")).toMatchObject({ state: "sent", attempts: 2 });
    });

    test("another destination's rows are left alone", async () => {
      await world.write("a", { destination: "github" });
      world.start();
      await world.steps(3);
      expect(world.texts).toEqual([]);
    });

    test("two processes write as one", async () => {
      for (const text of ["a", "b", "c", "d"]) await world.write(text);
      world.start({ holder: "one" });
      await world.clock.allAsleep(1);
      world.start({ holder: "two" });
      await world.steps(12);
      expect(world.texts).toEqual(["a", "b", "c", "d"]);
      expect(world.arrived.map(({ at }) => at)).toEqual([0, 1000, 2000, 3000]);
    });
  });

  describe("an interrupted send", () => {
    test("that arrived is found by its mark and not sent again", async () => {
      world.expect("a", { arrivesAnd: new Error("connection reset") });
      await world.write("a");
      world.start();
      await world.steps(10);
      expect(world.texts).toEqual(["a"]);
      expect(world.settled).toEqual(["found a"]);
      expect(await stateOf("a")).toMatchObject({ state: "sent" });
    });

    test("that did not arrive is looked for, then sent", async () => {
      world.expect("a", new Error("connection reset"));
      await world.write("a");
      world.start();
      await world.steps(10);
      expect(world.looked).toEqual(["a"]);
      expect(world.settled).toEqual(["sent a"]);
    });

    test("of a process that is gone is looked for by the next", async () => {
      await world.write("a");
      await opened().db.update(outbox).set({ state: "sending", attempts: 1 });
      world.arrived.push({ text: "a", at: -1 });
      world.start();
      await world.steps(1);
      expect(world.texts).toEqual(["a"]);
      expect(world.settled).toEqual(["found a"]);
    });

    test("a first send looks for nothing", async () => {
      await world.write("a");
      world.start();
      await world.steps(1);
      expect(world.looked).toEqual([]);
    });
  });

  test("a send that takes longer than the lease stays its process's own", async () => {
    const { db } = opened();
    const answered = Promise.withResolvers<void>();
    world.expect("a", { takes: answered.promise });
    await world.write("a");
    world.start({ holder: "one", leaseMs: 60 });
    const lease = async () => (await db.select().from(leases))[0]?.until.getTime() ?? 0;
    await until("it is being sent", async () => (await stateOf("a"))?.state === "sending");
    for (const _ of [1, 2, 3]) {
      world.clock.turn(50);
      const now = world.clock.now().getTime();
      await until("the lease is prolonged", async () => (await lease()) === now + 60);
    }
    world.start({ holder: "two", leaseMs: 60 });
    await world.clock.allAsleep(1);
    answered.resolve();
    await world.clock.allAsleep(2);
    await world.steps(3);
    expect(world.texts).toEqual(["a"]);
  });

  describe("refused for good", () => {
    test("is parked, is in the audit and the figures, and blocks nothing", async () => {
      const { db } = opened();
      world.expect("a", new RefusedError("channel is archived"));
      await world.write("a", { finding: FindingId.parse(3) });
      await world.write("b");
      world.start();
      await world.steps(3);
      expect(world.texts).toEqual(["b"]);
      expect(world.refused).toEqual(["a: channel is archived"]);
      expect(await stateOf("a")).toEqual({ state: "parked", attempts: 1, error: "channel is archived" });
      const [entry] = await auditTrail(db, FindingId.parse(3), 1);
      expect(entry).toMatchObject({ action: "write.parked", actor: "bot" });
      expect(await exposition(db)).toContain('action_failures_total{reason="slack"} 1');
    });

    test.each([
      ["a kind nobody knows", { kind: "gone.kind" }],
      ["a payload nobody can read", { payload: { from: "an older version" } }],
    ])("%s is parked as well", async (_, row) => {
      await world.write("a", row);
      await world.write("b");
      world.start();
      await world.steps(4);
      expect(world.texts).toEqual(["b"]);
      expect(await stateOf("a")).toMatchObject({ state: "parked" });
    });

    test("what fails again and again is given up after a dozen attempts", async () => {
      world.expect("a", ...Array.from({ length: 20 }, () => new Error("boom")));
      await world.write("a");
      world.start();
      for (let turn = 0; turn < 40 && (await stateOf("a"))?.state !== "parked"; turn += 1) {
        await world.steps(1);
        world.clock.turn(300_000);
      }
      expect(await stateOf("a")).toEqual({ state: "parked", attempts: 12, error: "boom" });
      expect(world.refused).toEqual(["a: boom"]);
    });
  });

  test("an outage of an hour loses nothing", async () => {
    const hours = Array.from({ length: 20 }, () => new TransientError("503"));
    world.expect("a", ...hours);
    await world.write("a");
    world.start();
    const began = world.clock.now().getTime();
    for (let turn = 0; turn < 200 && world.texts.length === 0; turn += 1) {
      await world.steps(1);
      world.clock.turn(60_000);
    }
    expect(world.clock.now().getTime() - began).toBeGreaterThan(3_600_000 / 2);
    expect(await stateOf("a")).toMatchObject({ state: "sent", attempts: 21 });
  });

  describe("a limit", () => {
    test("holds for the whole destination, as long as it says", async () => {
      world.expect("a", new TransientError("ratelimited", 30_000));
      await world.write("a", { lane: "A" });
      await world.write("b", { lane: "B" });
      world.start();
      await world.steps(3);
      expect(world.arrived).toEqual([
        { text: "a", at: 30_000 },
        { text: "b", at: 31_000 },
      ]);
    });

    test("that names no time holds up its own row alone", async () => {
      world.expect("a", new TransientError("502"));
      await world.write("a", { lane: "A" });
      await world.write("b", { lane: "B" });
      world.start({ paceMs: 100 });
      await world.steps(8);
      expect(world.texts).toEqual(["b", "a"]);
    });
  });

  describe("paused", () => {
    const all = async () => {
      await world.write("waits", { whilePaused: "wait" });
      await world.write("answer", { whilePaused: "go" });
      await world.write("progress", { whilePaused: "drop" });
    };

    test("answers go on, the rest waits and goes when resumed, what is stale is dropped", async () => {
      await pause("github:alice");
      await all();
      world.start();
      await world.steps(5);
      expect(world.texts).toEqual(["answer"]);
      await dropStale(opened().db, world.clock);
      await pause(null);
      await world.steps(10);
      expect(world.texts).toEqual(["answer", "waits"]);
      expect(await stateOf("progress")).toMatchObject({ state: "dropped" });
      await pruneOutbox(opened().db, new Date(world.clock.now().getTime() + 1));
      expect(await opened().db.$count(outbox)).toBe(0);
    });

    test("from outside it is the same", async () => {
      await all();
      world.start({ readOnly: true });
      await world.steps(5);
      expect(world.texts).toEqual(["answer"]);
    });
  });
});
