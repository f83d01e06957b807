import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import type { outbox } from "../../../db/schema.ts";
import { RefusedError } from "../../kernel/errors.ts";

export type OutboxRow = typeof outbox.$inferSelect;
export type Destination = OutboxRow["destination"];

/** How one kind of write is made. `R` is what the destination answers: ids, addresses. */
export interface SenderOf<P, R> {
  payload: z.ZodType<P>;
  /**
   * Looks whether an interrupted send arrived after all, by the mark it left. Absent where sending twice changes
   * nothing.
   */
  find?(payload: P, row: OutboxRow): Promise<R | null>;
  /** Writes; null when there is nothing to write any more. Throws TransientError, or RefusedError for good. */
  send(payload: P, row: OutboxRow): Promise<R | null>;
  /** Keeps the result, in the transaction that marks the row as sent. */
  settled?(tx: Db, result: R, payload: P, row: OutboxRow): Promise<void>;
  /** Told in the transaction that parks the row, when the destination refused for good. */
  refused?(tx: Db, error: string, payload: P, row: OutboxRow): Promise<void>;
}

/** A sender whose types are closed over, as the writer keeps it. */
export interface Sender {
  find(row: OutboxRow): Promise<Settle | null>;
  send(row: OutboxRow): Promise<Settle | null>;
  refused(tx: Db, error: string, row: OutboxRow): Promise<void>;
}

/** Keeps a send's result in a transaction. */
export type Settle = (tx: Db) => Promise<void>;

/** Closes over a sender's types, so that senders of all kinds go into one map. */
export function sender<P, R>(of: SenderOf<P, R>): Sender {
  const settle =
    (payload: P, row: OutboxRow) =>
    (result: R | null): Settle | null =>
      result === null ? null : async (tx) => of.settled?.(tx, result, payload, row);
  return {
    async find(row) {
      const payload = read(of.payload, row);
      return settle(payload, row)((await of.find?.(payload, row)) ?? null);
    },
    async send(row) {
      const payload = read(of.payload, row);
      return settle(payload, row)(await of.send(payload, row));
    },
    async refused(tx, error, row) {
      const payload = of.payload.safeParse(row.payload);
      if (payload.success) await of.refused?.(tx, error, payload.data, row);
    },
  };
}

/** A payload that cannot be read now never can be: it is refused for good, or it would hold up all behind it. */
function read<P>(schema: z.ZodType<P>, row: OutboxRow): P {
  const parsed = schema.safeParse(row.payload);
  if (parsed.success) return parsed.data;
  throw new RefusedError(`the payload of ${row.kind} cannot be read: ${z.prettifyError(parsed.error)}`);
}
