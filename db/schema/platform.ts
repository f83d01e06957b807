import { sql } from "drizzle-orm";
import {
  bigint,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { at, serial } from "./columns.ts";

/** What senders delivered, kept before it is answered; worked on after. */
export const inbox = pgTable(
  "inbox",
  {
    id: serial("id"),
    source: text("source", { enum: ["slack", "github", "deployment", "gitea"] }).notNull(),
    /** The sender's own id of the delivery: a repeat is the same row. */
    deliveryId: text("delivery_id").notNull(),
    kind: text("kind").notNull(),
    payload: jsonb("payload").notNull(),
    receivedAt: at("received_at").notNull(),
    doneAt: at("done_at"),
    /** When whoever waits was told what came of it: from then on it is not worked on again. */
    toldAt: at("told_at"),
    attempts: integer("attempts").notNull().default(0),
    error: text("error"),
  },
  (table) => [
    uniqueIndex("inbox_delivery").on(table.source, table.deliveryId),
    index("inbox_open").on(table.id).where(sql`${table.doneAt} is null`),
  ],
);

/** What is to be written outside, decided in the transaction that has the row. */
export const outbox = pgTable(
  "outbox",
  {
    id: serial("id"),
    destination: text("destination", { enum: ["github", "slack"] }).notNull(),
    /** Rows of one lane are written in order: a channel, or a repository and number. */
    lane: text("lane").notNull(),
    kind: text("kind").notNull(),
    /** Idempotency key; also left as a mark at the destination. */
    key: text("key").notNull(),
    payload: jsonb("payload").notNull(),
    findingId: integer("finding_id"),
    /** Unasked posts wait while the service is paused; answers to people do not. */
    whilePaused: text("while_paused", { enum: ["wait", "go", "drop"] })
      .notNull()
      .default("wait"),
    state: text("state", { enum: ["pending", "sending", "sent", "parked", "dropped"] })
      .notNull()
      .default("pending"),
    attempts: integer("attempts").notNull().default(0),
    nextAt: at("next_at").notNull(),
    createdAt: at("created_at").notNull(),
    sentAt: at("sent_at"),
    error: text("error"),
  },
  (table) => [
    uniqueIndex("outbox_key").on(table.key),
    index("outbox_open").on(table.destination, table.id).where(sql`${table.state} in ('pending', 'sending')`),
  ],
);

/** Every decision and change, with who and what was known. */
export const audit = pgTable(
  "audit",
  {
    id: serial("id"),
    at: at("at").notNull(),
    actor: text("actor").notNull(),
    action: text("action").notNull(),
    findingId: integer("finding_id"),
    detail: jsonb("detail").notNull(),
  },
  (table) => [index("audit_finding").on(table.findingId, table.id), index("audit_at").on(table.at)],
);

/** Who may do something alone for a while. */
export const leases = pgTable("leases", {
  name: text("name").primaryKey(),
  holder: text("holder").notNull(),
  until: at("until").notNull(),
});

/** Small facts of the service: paused, last scan, cursors of sweeps. */
export const settings = pgTable("settings", {
  name: text("name").primaryKey(),
  value: jsonb("value").notNull(),
  updatedAt: at("updated_at").notNull(),
});

/** Counts for /metrics that outlive the process. */
export const counters = pgTable(
  "counters",
  {
    name: text("name").notNull(),
    label: text("label").notNull().default(""),
    value: bigint("value", { mode: "number" }).notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.name, table.label] })],
);

/** Each call of the model: what for, and what it cost. */
export const modelCalls = pgTable(
  "model_calls",
  {
    id: serial("id"),
    at: at("at").notNull(),
    purpose: text("purpose").notNull(),
    model: text("model").notNull(),
    findingId: integer("finding_id"),
    taskId: text("task_id"),
    inputTokens: integer("input_tokens").notNull(),
    outputTokens: integer("output_tokens").notNull(),
    /** Millionths of a dollar. */
    microUsd: bigint("micro_usd", { mode: "number" }).notNull(),
  },
  (table) => [index("model_calls_at").on(table.at), index("model_calls_finding").on(table.findingId)],
);

/** What the model cost on a UTC day, summed as calls are kept: figures of a quarter read these. */
export const modelDays = pgTable(
  "model_days",
  {
    day: date("day").notNull(),
    purpose: text("purpose").notNull(),
    calls: integer("calls").notNull(),
    tokens: bigint("tokens", { mode: "number" }).notNull(),
    /** Millionths of a dollar. */
    microUsd: bigint("micro_usd", { mode: "number" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.purpose] })],
);
