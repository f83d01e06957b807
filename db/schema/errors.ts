import { index, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { at, bigId } from "./columns.ts";
import { findings } from "./findings.ts";

/** Errors that running services logged, one row for each kind, however often it came. */
export const runtimeErrors = pgTable(
  "runtime_errors",
  {
    fingerprint: text("fingerprint").primaryKey(),
    /** Null only inside the transaction that makes it. */
    findingId: integer("finding_id").references(() => findings.id),
    repo: text("repo").notNull(),
    project: text("project").notNull(),
    type: text("type").notNull(),
    total: integer("total").notNull(),
    firstSeen: at("first_seen").notNull(),
    lastSeen: at("last_seen").notNull(),
  },
  (table) => [index("runtime_errors_finding").on(table.findingId)],
);

/** How often an error came in a minute: a flood is a number. */
export const errorMinutes = pgTable(
  "error_minutes",
  {
    fingerprint: text("fingerprint").notNull(),
    minute: at("minute").notNull(),
    environment: text("environment").notNull(),
    /** The commit that ran, where the service told it; else empty. */
    commit: text("commit").notNull(),
    count: integer("count").notNull(),
  },
  (table) => [primaryKey({ columns: [table.fingerprint, table.minute, table.environment, table.commit] })],
);

/** A few of the errors as they were told, redacted. */
export const errorSamples = pgTable(
  "error_samples",
  {
    id: bigId("id").primaryKey().generatedAlwaysAsIdentity(),
    fingerprint: text("fingerprint").notNull(),
    message: text("message").notNull(),
    stack: text("stack").notNull(),
    environment: text("environment").notNull(),
    commit: text("commit").notNull(),
    at: at("at").notNull(),
  },
  (table) => [index("error_samples_fingerprint").on(table.fingerprint, table.id)],
);
