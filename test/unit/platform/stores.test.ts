import { describe, expect, test } from "bun:test";
import { leases } from "../../../db/schema.ts";
import { bot } from "../../../src/kernel/actor.ts";
import { FindingId, RepoName } from "../../../src/kernel/ids.ts";
import { auditTrail, record, stateHistory } from "../../../src/platform/audit.ts";
import { count, exposition } from "../../../src/platform/counters.ts";
import {
  fail,
  finish,
  openDeliveries,
  pruneInbox,
  readDelivery,
  receive,
  store,
  unheard,
} from "../../../src/platform/inbox.ts";
import { coversQueue, JOBS, taskQueue } from "../../../src/platform/jobs.ts";
import { dropLease, pruneLeases, takeLease } from "../../../src/platform/lease.ts";
import { readPause, writePause } from "../../../src/platform/pause.ts";
import type { Queue } from "../../../src/platform/queue.ts";
import { HandClock } from "./clock.ts";
import { onBothDatabases } from "./database.ts";

const MINUTE = 60_000;

await onBothDatabases("the platform", (opened) => {
  const clock = new HandClock();

  describe("inbox", () => {
    const arrival = {
      source: "github" as const,
      deliveryId: "d-1",
      kind: "issues",
      payload: { a: [1, "ö"] },
    };

    test("keeps a delivery once, however often it comes", async () => {
      const { db } = opened();
      const first = await store(db, clock, arrival);
      expect(first.fresh).toBe(true);
      const again = await store(db, clock, { ...arrival, payload: { other: true } });
      expect(again).toEqual({ id: first.id, fresh: false });
      expect((await readDelivery(db, first.id))?.payload).toEqual({ a: [1, "ö"] });
      expect((await store(db, clock, { ...arrival, source: "slack" })).fresh).toBe(true);
    });

    test("two at the same moment are one", async () => {
      const { db } = opened();
      const both = await Promise.all([store(db, clock, arrival), store(db, clock, arrival)]);
      expect(both.filter((one) => one.fresh)).toHaveLength(1);
      expect(new Set(both.map((one) => one.id)).size).toBe(1);
    });

    test("is worked off in the transaction that keeps it, or not kept", async () => {
      const { db } = opened();
      const sent: number[] = [];
      const queue = {
        send: async (_tx: unknown, _name: string, payload: { id: number }) => void sent.push(payload.id),
      } as unknown as Queue; // `receive` calls nothing else of it
      const kept = await receive({ db, clock, queue }, arrival);
      await receive({ db, clock, queue }, arrival);
      expect(sent).toEqual([kept.id]);
      const broken = { send: async () => Promise.reject(new Error("no queue")) } as unknown as Queue;
      const lost = receive({ db, clock, queue: broken }, { ...arrival, deliveryId: "d-2" });
      await expect(lost).rejects.toThrow("no queue");
      expect((await store(db, clock, { ...arrival, deliveryId: "d-2" })).fresh).toBe(true);
    });

    test("what nothing is made of is kept as worked off, and none of it is enqueued", async () => {
      const { db } = opened();
      const { id } = await receive({ db, clock, queue: {} as Queue /* not asked */ }, arrival, false);
      expect(await readDelivery(db, id)).toMatchObject({ payload: arrival.payload, doneAt: clock.now() });
    });

    test("of many ids those are told that were not heard of, each source by itself", async () => {
      const { db } = opened();
      await store(db, clock, arrival);
      expect([...(await unheard(db, "github", ["d-3", "d-1", "d-2"]))]).toEqual(["d-3", "d-2"]);
      expect([...(await unheard(db, "slack", ["d-1"]))]).toEqual(["d-1"]);
      expect((await unheard(db, "github", [])).size).toBe(0);
    });

    test("an open delivery is found until it is finished, and forgotten later", async () => {
      const { db } = opened();
      const { id } = await store(db, clock, arrival);
      const before = clock.now();
      clock.turn(MINUTE);
      expect(await openDeliveries(db, before)).toEqual([]);
      expect(await openDeliveries(db, clock.now())).toEqual([id]);
      await fail(db, id, "GitHub was away");
      expect(await readDelivery(db, id)).toMatchObject({
        attempts: 1,
        error: "GitHub was away",
        doneAt: null,
      });
      await finish(db, clock, id);
      expect(await openDeliveries(db, clock.now())).toEqual([]);
      await pruneInbox(db, clock.now());
      expect(await readDelivery(db, id)).not.toBeNull();
      clock.turn(1);
      await pruneInbox(db, clock.now());
      expect(await readDelivery(db, id)).toBeNull();
    });
  });

  describe("lease", () => {
    test("one holder at a time, who may prolong it", async () => {
      const { db } = opened();
      expect(await takeLease(db, clock, "outbox", "a", MINUTE)).toBe(true);
      expect(await takeLease(db, clock, "outbox", "b", MINUTE)).toBe(false);
      expect(await takeLease(db, clock, "other", "b", MINUTE)).toBe(true);
      clock.turn(MINUTE / 2);
      expect(await takeLease(db, clock, "outbox", "a", MINUTE)).toBe(true);
      clock.turn(MINUTE / 2 + 1);
      expect(await takeLease(db, clock, "outbox", "b", MINUTE)).toBe(false);
    });

    test("is free once it ran out, or was given back by its holder", async () => {
      const { db } = opened();
      await takeLease(db, clock, "x", "a", MINUTE);
      await dropLease(db, "x", "b");
      expect(await takeLease(db, clock, "x", "b", MINUTE)).toBe(false);
      clock.turn(MINUTE + 1);
      expect(await takeLease(db, clock, "x", "b", MINUTE)).toBe(true);
      await dropLease(db, "x", "b");
      expect(await takeLease(db, clock, "x", "a", MINUTE)).toBe(true);
    });

    test("is forgotten some time after it ran out", async () => {
      const { db } = opened();
      await takeLease(db, clock, "short", "a", MINUTE);
      await takeLease(db, clock, "long", "a", 3 * MINUTE);
      clock.turn(2 * MINUTE);
      await pruneLeases(db, clock.now());
      expect((await db.select().from(leases)).map(({ name }) => name)).toEqual(["long"]);
    });

    test("of many who want it at once, one gets it", async () => {
      const { db } = opened();
      const got = await Promise.all(
        Array.from({ length: 8 }, (_, at) => takeLease(db, clock, "race", `h${at}`, MINUTE)),
      );
      expect(got.filter(Boolean)).toHaveLength(1);
    });
  });

  describe("counters", () => {
    test("are all there from 0 on", async () => {
      expect(await exposition(opened().db)).toMatchSnapshot();
    });

    test("add up, by label, and cost is shown in dollars", async () => {
      const { db } = opened();
      await count(db, "issues_created_total");
      await count(db, "issues_created_total", 2);
      await count(db, "flaky_detected_total", 1, "flaky-test");
      await count(db, "llm_cost_estimate", 2_500_000);
      const text = await exposition(db);
      expect(text).toContain("\nissues_created_total 3\n");
      expect(text).toContain('\nflaky_detected_total{class="flaky-test"} 1\n');
      expect(text).toContain('\nflaky_detected_total{class="unknown"} 0\n');
      expect(text).toContain("\nllm_cost_estimate 2.5\n");
    });

    test("count what was committed, nothing else", async () => {
      const { db } = opened();
      const undone = db.transaction(async (tx) => {
        await count(tx, "pr_created_total");
        throw new Error("undone");
      });
      await expect(undone).rejects.toThrow("undone");
      await Promise.all(Array.from({ length: 10 }, () => count(db, "pr_merged_total")));
      const text = await exposition(db);
      expect(text).toContain("\npr_created_total 0\n");
      expect(text).toContain("\npr_merged_total 10\n");
    });
  });

  test("audit tells who did what, the newest first, and states the oldest first", async () => {
    const { db } = opened();
    const finding = FindingId.parse(7);
    for (const action of ["state.new", "approve", "state.open"]) {
      await record(db, { at: clock.now(), actor: bot, action, finding, detail: { why: action } });
      clock.turn(1000);
    }
    await record(db, {
      at: clock.now(),
      actor: bot,
      action: "state.new",
      finding: FindingId.parse(8),
      detail: {},
    });
    expect((await auditTrail(db, finding, 2)).map((row) => row.action)).toEqual(["state.open", "approve"]);
    expect(await auditTrail(db, null, 10)).toHaveLength(4);
    expect((await stateHistory(db, finding)).map((step) => step.state)).toEqual(["new", "open"]);
  });

  test("pause is kept, told and taken back", async () => {
    const { db } = opened();
    expect(await readPause(db)).toBeNull();
    const pause = { by: "github:alice", reason: "release day", at: clock.now().toISOString() };
    await writePause(db, clock, pause);
    await writePause(db, clock, { ...pause, reason: null });
    expect(await readPause(db)).toEqual({ ...pause, reason: null });
    await writePause(db, clock, null);
    expect(await readPause(db)).toBeNull();
  });
});

describe("task queues", () => {
  test.each([
    [[], [], true],
    [["linux"], [], true],
    [[], ["linux"], false],
    [["go", "linux"], ["linux", "go"], true],
    [["linux"], ["linux", "go"], false],
    [["linux", "go", "gpu"], ["go"], true],
  ])("a worker with %p takes tasks that need %p: %p", (has, needs, may) => {
    expect(coversQueue(has, taskQueue(needs))).toBe(may);
  });

  test("the order of labels does not matter, and no job has a task's name", () => {
    expect(taskQueue(["go", "linux"])).toBe(taskQueue(["linux", "go"]));
    const labels = Object.keys(JOBS).flatMap((name) => name.split("."));
    expect(Object.keys(JOBS).filter((name) => coversQueue(labels, name))).toEqual([]);
  });

  test("payloads carry ids of the right form only", () => {
    const repo = RepoName.parse("o/r");
    expect(JOBS["scan.run"].safeParse({ repo, run: 1 }).success).toBe(true);
    expect(JOBS["scan.run"].safeParse({ repo: "nonsense", run: 1 }).success).toBe(false);
    expect(JOBS["card.refresh"].safeParse({ finding: 0 }).success).toBe(false);
  });
});
