import type { Db } from "../../db/client.ts";
import { openDatabase } from "../../db/client.ts";
import { explainText } from "../commands/run/explain.ts";
import { loadConfig } from "../config/index.ts";
import { parseFindingRef, resolveFinding } from "../features/findings/resolve.ts";
import { findingById } from "../features/findings/store.ts";
import { endTask } from "../features/fixes/end.ts";
import { listTasks, taskById } from "../features/fixes/store.ts";
import { readArgs } from "../kernel/args.ts";
import { NotFoundError, UserError } from "../kernel/errors.ts";
import { TaskId } from "../kernel/ids.ts";
import { createLog } from "../kernel/log.ts";
import { lockDataDir } from "../platform/lock.ts";
import { startQueue } from "../platform/queue.ts";
import type { Io } from "./io.ts";

/** `explain N`: why finding N is what it is said to be. */
export function explain(argv: string[], io: Io): Promise<number> {
  const [word = ""] = wordsOf(argv);
  return withDatabase(io, async (db) => {
    const ref = parseFindingRef(word);
    if (ref === null)
      throw new UserError("usage: explain N, where N is an issue's number, a pull request's, or F12");
    const finding = await resolveFinding(db, ref, []);
    if (finding === null) throw new NotFoundError(`There is no finding ${word}.`);
    // the answer is written for Slack
    io.out(
      explainText(finding)
        .replace(/[*`]/g, "")
        .replaceAll("&lt;", "<")
        .replaceAll("&gt;", ">")
        .replaceAll("&amp;", "&"),
    );
    return 0;
  });
}

/** The words of a command that has no flags. */
const wordsOf = (argv: string[]): readonly string[] =>
  readArgs({ args: argv, allowPositionals: true }).positionals;

/** `migrate`: brings the database up to date. */
export function migrate(argv: string[], io: Io): Promise<number> {
  readArgs({ args: argv });
  return withDatabase(io, async () => {
    io.out("the database is up to date");
    return 0;
  });
}

/** `task list`, `task show ID`, `task cancel ID`. */
export async function task(argv: string[], io: Io): Promise<number> {
  const [verb, word] = wordsOf(argv);
  if (verb === "list") {
    return withDatabase(io, async (db) => {
      for (const one of await listTasks(db, 50))
        io.out([one.id, `F${one.findingId}`, one.kind, one.state, one.error ?? ""].join("\t"));
      return 0;
    });
  }
  const id = TaskId.safeParse(word);
  if (!id.success || (verb !== "show" && verb !== "cancel"))
    throw new UserError("usage: task run FILE… | list | show ID | cancel ID");
  return withDatabase(io, (db, database) =>
    verb === "show" ? show(db, id.data, io) : cancel(database, id.data, io),
  );
}

async function show(db: Db, id: TaskId, io: Io): Promise<number> {
  const found = await taskById(db, id);
  if (found === null) throw new NotFoundError(`There is no task ${id}.`);
  const { patch, result, ...rest } = found;
  io.out(JSON.stringify({ ...rest, result }, null, 2));
  if (patch !== null) io.out(patch);
  return 0;
}

async function cancel(database: Opened, id: TaskId, io: Io): Promise<number> {
  const found = await taskById(database.db, id);
  const finding = found === null ? null : await findingById(database.db, found.findingId);
  if (found === null || finding === null) throw new NotFoundError(`There is no task ${id}.`);
  const queue = await startQueue(database, database.url, [], createLog("warn"));
  const deps = { db: database.db, queue, clock: io.clock };
  await endTask(deps, found, finding, {
    state: "cancelled",
    error: "cancelled from the command line",
    result: null,
  });
  await queue.stop(0);
  io.out(`${id} is cancelled`);
  return 0;
}

type Opened = Awaited<ReturnType<typeof openDatabase>> & { url: string | null };

async function withDatabase(io: Io, work: (db: Db, database: Opened) => Promise<number>): Promise<number> {
  const { env } = loadConfig(io.env, "database");
  const url = env.DATABASE_URL ?? null;
  const unlock = url === null ? lockDataDir(env.DATA_DIR) : () => {};
  const database = await openDatabase({ url, dataDir: env.DATA_DIR });
  try {
    return await work(database.db, { ...database, url });
  } finally {
    await database.close();
    unlock();
  }
}
