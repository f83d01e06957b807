import type { Db } from "../../../db/client.ts";
import { bot } from "../../kernel/actor.ts";
import type { Clock } from "../../kernel/clock.ts";
import { errorText, RefusedError, TransientError } from "../../kernel/errors.ts";
import { FindingId } from "../../kernel/ids.ts";
import type { Log } from "../../kernel/log.ts";
import { record } from "../audit.ts";
import { count } from "../counters.ts";
import { takeLease } from "../lease.ts";
import { readPause } from "../pause.ts";
import type { Destination, OutboxRow, Sender, Settle } from "./sender.ts";
import { markEnded, markLater, markSending, nextRow } from "./store.ts";

export interface WriterOptions {
  db: Db;
  clock: Clock;
  log: Log;
  destination: Destination;
  senders: ReadonlyMap<string, Sender>;
  /** Least time between the starts of two writes, ms. */
  paceMs: number;
  readOnly: boolean;
  /** Name of this process in the lease: one writer for each destination over all processes. */
  holder: string;
  /** How long the lease outlives a process that is gone, ms. */
  leaseMs?: number;
}

const POLL_MS = 200;
/** What fails for no known reason is given up after so many attempts, about twenty minutes. */
const MAX_ATTEMPTS = 12;
/** A service that is away, or limits us, comes back: some eight hours, five minutes apart. Then those behind in its lane go. */
const MAX_PASSING = 110;
const backoffMs = (attempts: number) => Math.min(300_000, 1000 * 2 ** Math.min(attempts, 9));

/** Writes a destination's rows one after the other until `signal` is aborted. */
export async function runWriter(options: WriterOptions, signal: AbortSignal): Promise<void> {
  const { clock, log } = options;
  while (!signal.aborted) {
    const wait = await step(options).catch((error: unknown) => {
      if (!signal.aborted)
        log.error({ error: errorText(error), destination: options.destination }, "outbox writer");
      return 1000;
    });
    if (!signal.aborted) await clock.sleep(wait, signal).catch(() => {});
  }
}

/** The next row that may go out now. Mostly nothing waits: then whether there is a pause need not be asked. */
async function mayWrite({ db, clock, destination, readOnly }: WriterOptions): Promise<OutboxRow | null> {
  const row = readOnly ? null : await nextRow(db, clock.now(), destination, false);
  if (!readOnly && (row === null || (await readPause(db)) === null)) return row;
  return nextRow(db, clock.now(), destination, true);
}

/** Writes at most one row. @returns how long to wait before the next step, ms. */
async function step(options: WriterOptions): Promise<number> {
  const { db, clock, log, destination, leaseMs = 30_000 } = options;
  const row = await mayWrite(options);
  if (row === null) return POLL_MS;
  const lease = () => takeLease(db, clock, `outbox:${destination}`, options.holder, leaseMs);
  if (!(await lease())) return 1000;
  const started = clock.now().getTime();
  // a send of several requests may take longer: another process would take it for one that was interrupted
  const renewing = setInterval(() => {
    lease().catch((error: unknown) => log.warn({ error: errorText(error), destination }, "outbox lease"));
  }, leaseMs / 3);
  const pause = await write(options, row).finally(() => clearInterval(renewing));
  return Math.max(pause, options.paceMs - (clock.now().getTime() - started), 0);
}

async function write(options: WriterOptions, row: OutboxRow): Promise<number> {
  const { db, clock, log, senders } = options;
  const sender = senders.get(row.kind);
  if (sender === undefined) {
    await park(options, row, `nothing knows how to send ${row.kind}`);
    return 0;
  }
  await markSending(db, row.id);
  try {
    // a row that was begun before may have arrived: look before sending again
    const found = row.attempts > 0 ? await sender.find(row) : null;
    const settle = found ?? (await sender.send(row));
    await end(db, clock, row, settle);
    return 0;
  } catch (error) {
    const passing = error instanceof TransientError;
    if (error instanceof RefusedError || row.attempts + 1 >= (passing ? MAX_PASSING : MAX_ATTEMPTS)) {
      await park(options, row, errorText(error), sender);
      return 0;
    }
    const retryAfter = passing ? error.retryAfterMs : null;
    const later = retryAfter ?? backoffMs(row.attempts);
    log.warn(
      { kind: row.kind, key: row.key, error: errorText(error), later },
      "write failed, it will be tried again",
    );
    await markLater(db, row.id, new Date(clock.now().getTime() + later), errorText(error));
    await count(db, "action_failures_total", 1, row.destination);
    // a limit holds for the whole destination, other faults for this row alone
    return retryAfter ?? 0;
  }
}

async function end(db: Db, clock: Clock, row: OutboxRow, settle: Settle | null): Promise<void> {
  await db.transaction(async (tx) => {
    await settle?.(tx);
    await markEnded(tx, clock, row.id, settle === null ? "dropped" : "sent", null);
  });
}

async function park(options: WriterOptions, row: OutboxRow, error: string, sender?: Sender): Promise<void> {
  const { db, clock, log } = options;
  log.error({ kind: row.kind, key: row.key, error }, "write refused for good, parked");
  await db.transaction(async (tx) => {
    await markEnded(tx, clock, row.id, "parked", error);
    await count(tx, "action_failures_total", 1, row.destination);
    await record(tx, {
      at: clock.now(),
      actor: bot,
      action: "write.parked",
      finding: row.findingId === null ? null : FindingId.parse(row.findingId),
      detail: { kind: row.kind, key: row.key, error },
    });
    await sender?.refused(tx, error, row);
  });
}
