import { type SQL, sql } from "drizzle-orm";
import { fromDrizzle, fromPglite, type Job, type JobResult, type JobWithMetadata, PgBoss } from "pg-boss";
import type { z } from "zod";
import { type Database, type Db, rows } from "../../db/client.ts";
import { errorText, TransientError } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import { coversQueue, JOBS, type JobName, type JobPayload, TaskJob, taskQueue } from "./jobs.ts";

export type Handlers = { [N in JobName]: (payload: JobPayload<N>) => Promise<void> };

export interface SendOptions {
  /** While a job with this key waits, another with it is not added. */
  key?: string;
  /** Rounded up to whole seconds. */
  delayMs?: number;
}

/** pg-boss with a typed map from job to payload; enqueueing happens inside the caller's transaction. */
export interface Queue {
  send<N extends JobName>(tx: Db, name: N, payload: JobPayload<N>, options?: SendOptions): Promise<void>;
  /** Queues a task under its label set; one that was begun before goes ahead of those that were not. */
  sendTask(
    tx: Db,
    payload: z.infer<typeof TaskJob>,
    labels: readonly string[],
    options?: { begun: boolean },
  ): Promise<void>;
  /** Works off every kind of job; `failed` is told of each that failed, which is tried again. */
  work(handlers: Handlers, failed: () => Promise<void>): Promise<void>;
  /** Takes tasks from every label set that `labels` cover, `capacity` at once, sets made later included. */
  workTasks(
    labels: readonly string[],
    capacity: number,
    run: (payload: z.infer<typeof TaskJob>, signal: AbortSignal) => Promise<void>,
  ): Promise<void>;
  /** Jobs waiting or running now, all queues together. */
  pending(): Promise<number>;
  /** Lets running jobs finish for at most `graceMs`, then gives up on them: they run again after a restart. */
  stop(graceMs: number): Promise<void>;
}

/** A job whose process is gone is noticed by its missing heartbeat. */
const HEARTBEAT = { heartbeatSeconds: 20 } as const;
const OPTIONS = {
  retryLimit: 8,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 300,
  notify: true,
  ...HEARTBEAT,
} as const;
const TASK_OPTIONS = { ...OPTIONS, retryLimit: 5, expireInSeconds: 6 * 3600 } as const;
const WATCH = { superviseIntervalSeconds: 15, monitorIntervalSeconds: 15 } as const;
const DEAD = "dead";
const NO_JOB = "00000000-0000-0000-0000-000000000000";

/**
 * Starts the queue in the service's own database and makes its queues.
 * @param labelSets the label sets that tasks may ask for; each has a queue of its own.
 * @param works whether jobs are worked off through it; one that only sends neither listens for them nor looks after them.
 */
export async function startQueue(
  database: Database,
  url: string | null,
  labelSets: readonly (readonly string[])[],
  log: Log,
  works = true,
): Promise<Queue> {
  const boss = new PgBoss({
    ...(database.pglite === null
      ? { connectionString: url ?? "" }
      : { db: fromPglite(database.pglite), backend: "pglite" as const }),
    useListenNotify: works,
    supervise: works,
    schedule: false,
    ...WATCH,
  });
  boss.on("error", (error) => log.warn({ error: errorText(error) }, "queue"));
  await boss.start();
  await makeQueues(boss, labelSets);
  if (works && database.kind === "pglite") await takeBack(boss);
  return queueOn(boss, database.kind, log);
}

/** Makes the queues that are not there yet; mostly all are, and pg-boss read them when it started. */
async function makeQueues(boss: PgBoss, labelSets: readonly (readonly string[])[]): Promise<void> {
  const there = new Set((await boss.getQueues()).map(({ name }) => name));
  const make = async (name: string, options: Parameters<PgBoss["createQueue"]>[1]) => {
    if (there.has(name)) return;
    await boss.createQueue(name, options);
    // pg-boss looks it up at its first use, past the caller's transaction: with one connection that would wait for ever
    await boss.getJobById(name, NO_JOB);
  };
  await make(DEAD, {});
  for (const name of Object.keys(JOBS)) await make(name, { ...OPTIONS, policy: "short", deadLetter: DEAD });
  for (const name of new Set([taskQueue([]), ...labelSets.map(taskQueue)]))
    await make(name, { ...TASK_OPTIONS, deadLetter: DEAD });
}

/** On the embedded database nobody else can be at work: what is marked so was left behind by a process that is gone. */
async function takeBack(boss: PgBoss): Promise<void> {
  const left = await boss.getDb().executeSql("select name, id from pgboss.job where state = 'active'");
  for (const { name, id } of left.rows)
    await boss.fail(String(name), String(id), { why: "the process ended" });
}

/** Jobs of these kinds that are due and that nobody has taken up yet. */
export async function backlog(db: Db, names: readonly JobName[]): Promise<number> {
  const list = sql.join(
    names.map((name) => sql`${name}`),
    sql`, `,
  );
  const [row] = await rows(
    db,
    sql`select count(*)::int as n from pgboss.job
         where name in (${list}) and state = 'created' and start_after <= now()`,
  );
  return Number(row?.n ?? 0);
}

/** Tasks that a worker will hear of: their job waits, waits for its next try, or is at work. */
export async function tasksWithJob(db: Db): Promise<Set<string>> {
  const found = await rows(
    db,
    sql`select distinct data->>'task' as task from pgboss.job
         where (name = ${taskQueue([])} or name like ${`${taskQueue([])}.%`}) and state in ('created', 'retry', 'active')`,
  );
  return new Set(found.map(({ task }) => String(task)));
}

/**
 * Holds the waiting job of a key until the caller's transaction ends: a worker that took it up before would read what was
 * true before, and nothing would follow. @returns false when none waits any more.
 */
async function holdWaiting(tx: Db, name: JobName, key: string): Promise<boolean> {
  const held = await rows(
    tx,
    // in the words of pg-boss's own index
    sql`select id from pgboss.job where name = ${name} and coalesce(singleton_key, '') = ${key}
          and state = 'created' and policy = 'short' for share`,
  );
  return held.length > 0;
}

function queueOn(boss: PgBoss, kind: Database["kind"], log: Log): Queue {
  const ends: (() => void)[] = [];
  return {
    async send(tx, name, payload, options = {}) {
      // policy "short" allows one waiting job for each key: without a key, each job is its own
      const singletonKey = options.key ?? crypto.randomUUID();
      const delay = options.delayMs === undefined ? {} : { startAfter: Math.ceil(options.delayMs / 1000) };
      for (;;) {
        // an id that tells in which order jobs were sent
        const job = { db: within(tx), id: Bun.randomUUIDv7(), singletonKey, ...delay };
        const added = await boss.send(name, payload, job);
        // on the embedded database nothing comes in between
        if (added !== null || kind === "pglite" || (await holdWaiting(tx, name, singletonKey))) return;
      }
    },
    async sendTask(tx, payload, labels, options) {
      const priority = options?.begun === true ? 1 : 0;
      await boss.send(taskQueue(labels), payload, { db: within(tx), priority });
    },
    async work(handlers, failed) {
      for (const name of Object.keys(JOBS) as JobName[] /* the map's own keys */)
        await workOne(boss, log, name, handlers, failed);
    },
    async workTasks(labels, capacity, run) {
      ends.push(await workTasks(boss, log, labels, capacity, run));
    },
    async pending() {
      const result = await boss
        .getDb()
        .executeSql(
          "select count(*)::int as n from pgboss.job where state in ('created', 'retry', 'active') and name <> $1",
          [DEAD],
        );
      return Number(result.rows[0]?.n ?? 0);
    },
    async stop(graceMs) {
      for (const end of ends) end();
      await boss.stop({ graceful: true, timeout: graceMs, close: true });
    },
  };
}

/** The caller's transaction as pg-boss takes it. */
const within = (tx: Db): ReturnType<typeof fromDrizzle> =>
  fromDrizzle(
    {
      // pg-boss builds its statements with the `sql` it is given here
      execute: async (query) => tx.execute(query as SQL) as unknown as Promise<{ rows: unknown[] }>,
    },
    sql,
  );

/**
 * Jobs of one kind are worked off one after the other, in the order in which they were sent; a full batch is followed by the
 * next at once.
 */
async function workOne<N extends JobName>(
  boss: PgBoss,
  log: Log,
  name: N,
  handlers: Handlers,
  failed: () => Promise<void>,
): Promise<void> {
  const options = {
    batchSize: 20,
    burstWhenBatchFull: true,
    perJobResults: true,
    includeMetadata: true,
    pollingIntervalSeconds: 1,
    notifyPollingIntervalSeconds: 2,
  } as const;
  await boss.work(name, options, async (jobs: JobWithMetadata<unknown>[]) => {
    const results: JobResult[] = [];
    // a batch comes in any order
    for (const job of jobs.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
      const result = await settle(boss, log, name, job, handlers);
      if (result.status === "failed") await failed().catch(() => {});
      results.push(result);
    }
    return results;
  });
}

async function settle<N extends JobName>(
  boss: PgBoss,
  log: Log,
  name: N,
  job: JobWithMetadata<unknown>,
  handlers: Handlers,
): Promise<JobResult> {
  try {
    // the payload is parsed with this very name's schema
    await handlers[name](JOBS[name].parse(job.data) as JobPayload<N>);
    return { id: job.id, status: "completed" };
  } catch (error) {
    if (error instanceof TransientError && error.retryAfterMs !== null) {
      // a limit says when it ends, and may outlast all tries
      const startAfter = Math.max(1, Math.ceil(error.retryAfterMs / 1000));
      log.warn({ job: name, id: job.id, error: errorText(error), startAfter }, "limited, the job is put off");
      await boss.send(name, job.data as object /* an object by its schema */, {
        startAfter,
        singletonKey: job.singletonKey ?? crypto.randomUUID(),
      });
      return { id: job.id, status: "completed" };
    }
    log.warn({ job: name, id: job.id, error: errorText(error) }, "job failed, it will be tried again");
    return { id: job.id, status: "failed", output: { error: errorText(error) } };
  }
}

/** How often it is looked whether there are label sets that are new, ms. */
const NEW_SETS_MS = 30_000;

/** @returns how to stop looking for new label sets. */
async function workTasks(
  boss: PgBoss,
  log: Log,
  labels: readonly string[],
  capacity: number,
  run: (payload: z.infer<typeof TaskJob>, signal: AbortSignal) => Promise<void>,
): Promise<() => void> {
  // each label set is a queue with fetchers of its own, and all share the worker's places
  let busy = 0;
  const one = async (name: string, job: Job<unknown>) => {
    const payload = TaskJob.parse(job.data);
    if (busy >= capacity) {
      await boss.send(name, payload, { startAfter: 1, priority: 1 });
      return;
    }
    busy += 1;
    try {
      await run(payload, job.signal);
    } catch (error) {
      log.warn({ job: name, id: job.id, error: errorText(error) }, "task job failed, it will be tried again");
      throw error;
    } finally {
      busy -= 1;
    }
  };
  const options = {
    batchSize: 1,
    localConcurrency: capacity,
    pollingIntervalSeconds: 2,
    // a task that comes again after a fault is announced to nobody
    notifyPollingIntervalSeconds: 2,
  };
  const covered = new Set<string>();
  const cover = async () => {
    for (const { name } of await boss.getQueues()) {
      if (covered.has(name) || !coversQueue(labels, name)) continue;
      covered.add(name);
      await boss.work(name, options, async (jobs: Job<unknown>[]) => {
        for (const job of jobs) await one(name, job);
      });
    }
  };
  await cover();
  const timer = setInterval(() => {
    cover().catch((error: unknown) =>
      log.warn({ error: errorText(error) }, "could not look for new label sets"),
    );
  }, NEW_SETS_MS);
  return () => clearInterval(timer);
}
