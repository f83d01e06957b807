import { bigint, timestamp } from "drizzle-orm/pg-core";

/** A moment, with its zone. */
export const at = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** A number beyond 32 bits: ids of others, and counts. */
export const bigId = (name: string) => bigint(name, { mode: "number" });

/** A row's own number, given by the database. */
export const serial = (name: string) => bigId(name).primaryKey().generatedAlwaysAsIdentity();
