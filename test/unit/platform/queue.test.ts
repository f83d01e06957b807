import { afterEach, expect, test } from "bun:test";
import { sql } from "drizzle-orm";
import { rows } from "../../../db/client.ts";
import { TransientError } from "../../../src/kernel/errors.ts";
import { FindingId, TaskId } from "../../../src/kernel/ids.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import { JOBS } from "../../../src/platform/jobs.ts";
import { type Handlers, type Queue, startQueue } from "../../../src/platform/queue.ts";
import { until } from "../../harness/until.ts";
import { onBothDatabases } from "./database.ts";

const LABEL_SETS = [["linux"], ["linux", "go"]];
const finding = (id: number) => ({ finding: FindingId.parse(id) });
const task = (id: string) => ({ task: TaskId.parse(id) });

await onBothDatabases("the queue", (opened) => {
  let queue: Queue | null = null;

  const start = async (): Promise<Queue> => {
    const { database, db, url } = opened();
    await db.execute(sql`delete from pgboss.job`);
    queue = await startQueue(database, url, LABEL_SETS, silentLog);
    return queue;
  };
  afterEach(async () => {
    failed.length = 0;
    await queue?.stop(0);
    queue = null;
  });

  /** Handlers that note what came; those of `own` do something else. */
  const noting = (seen: unknown[], own: Partial<Handlers> = {}): Handlers => {
    const note = async (payload: unknown) => void seen.push(payload);
    // every job's name has its handler
    return { ...Object.fromEntries(Object.keys(JOBS).map((name) => [name, note])), ...own } as Handlers;
  };
  const failed: string[] = [];
  const work = (on: Queue, handlers: Handlers) => on.work(handlers, async () => void failed.push("failed"));

  test("a job is there with its transaction, or not at all", async () => {
    const on = await start();
    const { db } = opened();
    const undone = db.transaction(async (tx) => {
      await on.send(tx, "card.refresh", finding(1));
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
    expect(await on.pending()).toBe(0);
    await db.transaction((tx) => on.send(tx, "card.refresh", finding(2)));
    expect(await on.pending()).toBe(1);
    const seen: unknown[] = [];
    await work(on, noting(seen));
    await until("the job was worked off", async () => (await on.pending()) === 0);
    expect(seen).toEqual([{ finding: 2 }]);
  });

  test("one job of a key waits at a time; without a key each is its own", async () => {
    const on = await start();
    const { db } = opened();
    for (const id of [1, 1, 1, 2]) await on.send(db, "card.refresh", finding(id), { key: String(id) });
    expect(await on.pending()).toBe(2);
    await on.send(db, "issue.sync", finding(1), { key: "1" });
    for (const id of [1, 1]) await on.send(db, "hold.check", finding(id));
    expect(await on.pending()).toBe(5);
  });

  test("jobs that wait are worked off in the order in which they were sent", async () => {
    const on = await start();
    const jobs = Array.from({ length: 12 }, (_, at) => ({ id: at + 1 }));
    for (const job of jobs) await on.send(opened().db, "inbox.handle", job);
    const seen: unknown[] = [];
    await work(on, noting(seen));
    await until("all are worked off", () => seen.length === jobs.length);
    expect(seen).toEqual(jobs);
  });

  test("a change while a job of its key runs has a job of its own after it", async () => {
    const on = await start();
    const { db } = opened();
    const seen: unknown[] = [];
    const running = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const refresh = async (payload: unknown) => {
      seen.push(payload);
      running.resolve();
      await go.promise;
    };
    await work(on, noting([], { "card.refresh": refresh }));
    await on.send(db, "card.refresh", finding(1), { key: "1" });
    await running.promise;
    await on.send(db, "card.refresh", finding(1), { key: "1" });
    go.resolve();
    await until("both were worked off", async () => (await on.pending()) === 0);
    expect(seen).toHaveLength(2);
  });

  test("a waiting job that a transaction relies on begins after it", async () => {
    const on = await start();
    const { db, url } = opened();
    for (const id of [1, 2]) await on.send(db, "card.refresh", finding(id), { key: String(id) });
    const seen: string[] = [];
    const refresh = async (payload: { finding: number }) => void seen.push(`refreshed ${payload.finding}`);
    await db.transaction(async (tx) => {
      await on.send(tx, "card.refresh", finding(1), { key: "1" });
      const working = work(on, noting([], { "card.refresh": refresh }));
      // on the embedded database nothing else comes in between
      if (url !== null) {
        await working;
        await until("the other job was worked off", () => seen.includes("refreshed 2"));
      }
      seen.push("decided");
    });
    await until("both were worked off", async () => (await on.pending()) === 0);
    expect(seen.indexOf("refreshed 1")).toBeGreaterThan(seen.indexOf("decided"));
  });

  test("a fault is told, and the job comes again", async () => {
    const on = await start();
    let attempts = 0;
    const sync = async () => {
      attempts += 1;
      if (attempts === 1) throw new Error("GitHub was away");
    };
    await work(on, noting([], { "issue.sync": sync }));
    await on.send(opened().db, "issue.sync", finding(1));
    await until("the job went through", async () => (await on.pending()) === 0);
    expect(attempts).toBe(2);
    expect(failed).toEqual(["failed"]);
  });

  test("a limit puts a job off until it ends, and is no failure", async () => {
    const on = await start();
    const came: number[] = [];
    const sync = async () => {
      came.push(performance.now());
      if (came.length === 1) throw new TransientError("the hour is used up", 1500);
    };
    await work(on, noting([], { "issue.sync": sync }));
    await on.send(opened().db, "issue.sync", finding(1), { key: "1" });
    await until("the job went through", async () => (await on.pending()) === 0);
    expect(came).toHaveLength(2);
    expect(Number(came[1]) - Number(came[0])).toBeGreaterThan(1000);
    expect(failed).toEqual([]);
  });

  test("what a limit put off is the one that waits for its key", async () => {
    const on = await start();
    const { db } = opened();
    let came = 0;
    const follow = async () => {
      came += 1;
      throw new TransientError("the hour is used up", 3_600_000);
    };
    await work(on, noting([], { "issue.sync": follow }));
    await on.send(db, "issue.sync", finding(1), { key: "1" });
    const putOff = sql`select count(*)::int as n from pgboss.job
                        where name = 'issue.sync' and state = 'created' and start_after > now() + interval '1 minute'`;
    await until("it was put off", async () => came === 1 && (await rows(db, putOff))[0]?.n === 1);
    // as each sweep does while the limit lasts
    for (const _ of [1, 2, 3]) await on.send(db, "issue.sync", finding(1), { key: "1" });
    await until("what was done is done", async () => (await on.pending()) === 1);
    expect(came).toBe(1);
  });

  test("what is delayed waits", async () => {
    const on = await start();
    const { db } = opened();
    const seen: unknown[] = [];
    await on.send(db, "card.refresh", finding(1), { delayMs: 3_600_000 });
    await on.send(db, "card.refresh", finding(2));
    await work(on, noting(seen));
    await until("only the delayed one is left", async () => (await on.pending()) === 1);
    expect(seen).toEqual([{ finding: 2 }]);
  });

  test("a worker takes tasks whose labels it covers, and leaves the others", async () => {
    const on = await start();
    const { db } = opened();
    await on.sendTask(db, task("plain"), []);
    await on.sendTask(db, task("on-linux"), ["linux"]);
    await on.sendTask(db, task("with-go"), ["go", "linux"]);
    const seen: string[] = [];
    await on.workTasks(["linux", "arm"], 1, async ({ task: id }) => void seen.push(id));
    await until("both tasks were taken", () => seen.length === 2);
    expect(seen.sort()).toEqual(["on-linux", "plain"]);
    await until("only the third is left", async () => (await on.pending()) === 1);
  });

  test("all label sets of a worker share its places", async () => {
    const on = await start();
    const { db } = opened();
    const [go, seen] = [Promise.withResolvers<void>(), new Set<string>()];
    let [busy, most] = [0, 0];
    await on.workTasks(["linux", "go"], 1, async ({ task: id }) => {
      busy += 1;
      most = Math.max(most, busy);
      seen.add(id);
      if (seen.size === 1) await go.promise;
      busy -= 1;
    });
    for (const [id, labels] of [
      ["a", []],
      ["b", ["linux"]],
      ["c", ["go", "linux"]],
    ] as const)
      await on.sendTask(db, task(id), labels);
    await until("one is at work and the others were put off", async () => {
      const [row] = await rows(
        db,
        sql`select count(*)::int as n from pgboss.job where name like 'tasks%' and state = 'created' and start_after > created_on`,
      );
      return seen.size === 1 && row?.n === 2;
    });
    go.resolve();
    await until("all were worked off", async () => (await on.pending()) === 0);
    expect([seen.size, most]).toEqual([3, 1]);
  });

  test("what a stopped process held is taken up by the next", async () => {
    const on = await start();
    const { database, db, url } = opened();
    const taken = Promise.withResolvers<void>();
    const never = new Promise<void>(() => {});
    await on.workTasks([], 1, () => {
      taken.resolve();
      return never;
    });
    await on.sendTask(db, task("held"), []);
    await taken.promise;
    await on.stop(0);
    queue = await startQueue(database, url, LABEL_SETS, silentLog);
    const seen: string[] = [];
    await queue.workTasks([], 1, async ({ task: id }) => void seen.push(id));
    await until("the task was taken again", () => seen.length === 1);
    expect(seen).toEqual(["held"]);
  });

  test("a payload of another job passes neither the types nor the worker", async () => {
    const on = await start();
    // @ts-expect-error: payloads are held to their job's name
    const wrong = on.send(opened().db, "card.refresh", { repo: "o/r" });
    await wrong;
    const seen: unknown[] = [];
    await work(on, noting(seen));
    await until("it was refused", () => failed.length > 0);
    expect(seen).toEqual([]);
  });
});
