import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { type Database, openDatabase, rows } from "../../../db/client.ts";
import { inThread } from "../../../db/embedded/line.ts";
import { tidy } from "../../../db/embedded/tidy.ts";
import { fillDataDir, freshDatabase } from "../../harness/database.ts";
import { FRUGAL } from "../../harness/frugal.ts";

setDefaultTimeout(60_000);

const dir = mkdtempSync(join(tmpdir(), "flaky-embedded-"));
const opening = () => openDatabase({ url: null, dataDir: dir });
let database: Database;

const numbers = async () =>
  (await rows(database.db, sql`select n from seen order by n`)).map((row) => Number(row.n));

/** `expect().rejects` waits without letting a thread's messages in. */
const faultOf = (work: PromiseLike<unknown> | undefined): Promise<unknown> =>
  Promise.resolve(work).then(
    () => null,
    (error: unknown) => error,
  );

beforeAll(async () => {
  await fillDataDir(dir);
  database = await opening();
  await database.db.execute(sql`create table seen (n int primary key)`);
});
afterAll(async () => {
  await database.close();
  rmSync(dir, { recursive: true, force: true });
});

describe("the embedded database in its thread", () => {
  test("values come over as they do without a thread", async () => {
    const memory = await openDatabase({
      url: null,
      dataDir: "memory://",
      ...(await freshDatabase("pglite")),
    });
    const query = sql`select 1 as a, 'x''y' as b, null::int as c, '{"d":[1]}'::jsonb as e, array['f', null] as g,
      9007199254740993 as h, true as i, '2026-01-02 03:04:05.678+00'::timestamptz as j, ${"k"} as k, '\\x00ff'::bytea as l`;
    expect(await rows(database.db, query)).toEqual(await rows(memory.db, query));
    const raw = "select now() - now() as a, '2026-01-02'::timestamptz as b, $1::jsonb as c";
    expect((await database.pglite?.query(raw, [{ d: 1 }]))?.rows).toEqual(
      (await memory.pglite?.query(raw, [{ d: 1 }]))?.rows,
    );
    await memory.close();
  });

  test("an error keeps its code, and the next statement runs", async () => {
    const failed = await faultOf(database.db.execute(sql`insert into seen values (1), (1)`));
    expect(failed).toHaveProperty("cause.constraint", "seen_pkey");
    expect(failed).toMatchObject({ cause: { code: "23505", table: "seen" } });
    expect(await numbers()).toEqual([]);
  });

  test("others wait while a transaction is open, and what it took back is gone", async () => {
    const order: string[] = [];
    const first = database.db.transaction(async (tx) => {
      await tx.execute(sql`insert into seen values (1)`);
      await tx
        .transaction(async (inner) => {
          await inner.execute(sql`insert into seen values (2)`);
          throw new Error("taken back");
        })
        .catch(() => {});
      await tx.execute(sql`insert into seen values (3)`);
      order.push("transaction");
    });
    const others = [4, 5].map(async (n) => {
      await database.db.execute(sql`insert into seen values (${n})`);
      order.push(`statement ${n}`);
    });
    await Promise.all([first, ...others]);
    expect(order).toEqual(["transaction", "statement 4", "statement 5"]);
    const fault = new Error("no");
    const undone = database.db.transaction(async (tx) => {
      await tx.execute(sql`delete from seen`);
      throw fault;
    });
    expect(await faultOf(undone)).toBe(fault);
    expect(await numbers()).toEqual([1, 3, 4, 5]);
  });

  test("a transaction that swallowed its own failure is not taken for committed", async () => {
    const done = database.db.transaction(async (tx) => {
      await tx.execute(sql`insert into seen values (9)`);
      await tx.execute(sql`insert into seen values (9)`).catch(() => {});
    });
    expect(String(await faultOf(done))).toContain("not committed");
    expect(await numbers()).not.toContain(9);
  });

  test("several statements in one: a failure leaves no transaction open", async () => {
    const script = "begin; insert into seen values (8); select * from nowhere; commit";
    const failed = database.pglite?.exec(script);
    const next = numbers();
    expect(await faultOf(failed)).toMatchObject({ code: "42P01" });
    expect(await next).not.toContain(8);
  });

  test("one statement without parameters answers the same, with and without a semicolon in it", async () => {
    const run = async (text: string) =>
      (await database.pglite?.exec(text))?.map(({ rows, command }) => ({ rows, command }));
    const rows = [{ a: "x" }];
    expect(await run("select 'x' as a")).toEqual([{ rows, command: "SELECT" }]);
    expect(await run("select 'x' as a;\n")).toEqual([{ rows, command: "SELECT" }]);
    expect(await run("select '; b' as a")).toEqual([{ rows: [{ a: "; b" }], command: "SELECT" }]);
    expect(await run("select 'x' as a; select 'x' as a")).toEqual(Array(2).fill({ rows, command: "SELECT" }));
    expect(await run("insert into seen values (77)")).toEqual([{ rows: [], command: "INSERT" }]);
    await run("delete from seen where n = 77");
  });

  test("a statement that ran before a table was changed runs after it", async () => {
    const all = sql`select * from seen where n = 1`;
    expect(await rows(database.db, all)).toEqual([{ n: 1 }]);
    await database.db.execute(sql`alter table seen add column name text`);
    expect(await rows(database.db, all)).toEqual([{ n: 1, name: null }]);
  });

  test("a table of mostly dead rows is tidied, and then no more", async () => {
    const embedded = database.pglite;
    if (embedded === null) throw new Error("it is embedded");
    await embedded.exec("create table busy as select n from generate_series(1, 3000) n");
    await embedded.exec("update busy set n = -n");
    const before = await embedded.query("select pg_relation_size('busy')::int as bytes");
    expect(await tidy(embedded)).toEqual(["public.busy"]);
    expect(await tidy(embedded)).toEqual([]);
    await embedded.exec("update busy set n = -n");
    // what was dead is used again
    expect(await embedded.query("select pg_relation_size('busy')::int as bytes")).toEqual(before);
    await embedded.exec("drop table busy");
  });

  test("listeners hear, until they have heard enough", async () => {
    const heard: string[] = [];
    const first = Promise.withResolvers<void>();
    const stop = await database.pglite?.listen("news", (payload) => {
      heard.push(payload);
      first.resolve();
    });
    await database.db.execute(sql`select pg_notify('news', 'one')`);
    await first.promise;
    await stop?.();
    await database.db.execute(sql`select pg_notify('news', 'two')`);
    await numbers();
    expect(heard).toEqual(["one"]);
  });

  test("what was written is there after a close, and an image begins a new one", async () => {
    const image = await database.pglite?.dumpDataDir("none");
    await database.close();
    expect(await faultOf(database.db.execute(sql`select 1`))).toBeInstanceOf(Error);
    database = await opening();
    expect(await numbers()).toEqual([1, 3, 4, 5]);
    const copy = await openDatabase({
      url: null,
      dataDir: "memory://",
      ...(image && { snapshot: image }),
    });
    expect(await rows(copy.db, sql`select count(*)::int as n from seen`)).toEqual([{ n: 4 }]);
    await copy.close();
  });

  test("a person's statement comes before a job's that waited longer", async () => {
    const order: string[] = [];
    const [open, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const held = database.db.transaction(async (tx) => {
      await tx.execute(sql`select 1`);
      open.resolve();
      await end.promise;
    });
    await open.promise;
    const note = (name: string) => () => order.push(name);
    const job = database.db.transaction(async (tx) => {
      await tx.execute(sql`select 1`).then(note("job"));
    });
    const person = database.people.execute(sql`select 1`).then(note("person"));
    const persons = database.people.transaction(async (tx) => {
      await tx.execute(sql`select 1`).then(note("person's transaction"));
    });
    end.resolve();
    await Promise.all([held, job, person, persons]);
    expect(order).toEqual(["person", "person's transaction", "job"]);
  });

  test("an engine that breaks down ends the process, which says so", async () => {
    const own = mkdtempSync(join(tmpdir(), "flaky-broken-"));
    await fillDataDir(own);
    const script = `import { openDatabase } from ${JSON.stringify(join(import.meta.dir, "../../../db/client.ts"))};
      const { pglite } = await openDatabase({ url: null, dataDir: ${JSON.stringify(own)} });
      await pglite.exec("set max_stack_depth = '6MB'");
      await pglite.query("select $1::jsonb", ["[".repeat(200000)]);
      process.exit(0);`;
    const child = Bun.spawn([process.execPath, "-e", script], { env: FRUGAL, stderr: "pipe" });
    expect(await new Response(child.stderr).text()).toContain(
      "The embedded database has stopped (RangeError",
    );
    expect(await child.exited).toBe(1);
    rmSync(own, { recursive: true, force: true });
  });

  test("a thread that ends by itself fails what waits for it, and is told of once", async () => {
    const script = join(dir, "ends.ts");
    writeFileSync(script, `self.onmessage = () => { throw new Error("out of memory"); };`);
    const told: string[] = [];
    const line = inThread(
      () => {},
      (error) => told.push(error.message),
      Bun.pathToFileURL(script),
    );
    const close = () => line.ask({ call: { do: "close" }, forPerson: false, transaction: null });
    const waits = [close(), close()];
    for (const { status } of await Promise.allSettled(waits)) expect(status).toBe("rejected");
    expect(String(await faultOf(close()))).toContain("out of memory");
    line.end();
    expect(told).toHaveLength(1);
    expect(told[0]).toContain("Start the process again");
  });
});
