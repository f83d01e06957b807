import { sql } from "drizzle-orm";
import { boolean, index, integer, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core";
import { finding } from "./belongs.ts";
import { at, bigId, serial } from "./columns.ts";

/** The forge's issue of a finding, and the analysis written on it. */
export const issues = pgTable(
  "issues",
  {
    findingId: finding().primaryKey(),
    repo: text("repo").notNull(),
    number: integer("number").notNull(),
    url: text("url").notNull(),
    openedAt: at("opened_at").notNull(),
    closedAt: at("closed_at"),
    /** Digest of our blocks as last written; equal means nothing to write. */
    bodyDigest: text("body_digest"),
    /** Goes up with each new analysis; an approval names the one that was shown. */
    analysisVersion: integer("analysis_version").notNull().default(0),
    analysis: text("analysis"),
    analysisCommentId: bigId("analysis_comment_id"),
    /** Where the sweep for comments goes on from. */
    commentsSeen: at("comments_seen"),
  },
  (table) => [uniqueIndex("issues_number").on(table.repo, table.number)],
);

/** The card of a finding in its channel; replies to it are the finding's thread. */
export const threads = pgTable(
  "threads",
  {
    findingId: finding().primaryKey(),
    channel: text("channel").notNull(),
    ts: text("ts").notNull(),
    permalink: text("permalink").notNull(),
    /** Digest of the card as last written. */
    cardDigest: text("card_digest").notNull(),
    /** The reaction that says the state, so that it can be taken off again. */
    reaction: text("reaction"),
    muted: boolean("muted").notNull().default(false),
    /** Where the sweep for replies goes on from. */
    repliesSeen: text("replies_seen"),
    createdAt: at("created_at").notNull(),
    /** When somebody deleted the card; the next change of state posts another. */
    goneAt: at("gone_at"),
  },
  (table) => [uniqueIndex("threads_ts").on(table.channel, table.ts)],
);

/** Threads whose card was deleted and posted anew elsewhere: what is said there still counts. */
export const formerThreads = pgTable(
  "former_threads",
  {
    channel: text("channel").notNull(),
    ts: text("ts").notNull(),
    findingId: finding(),
  },
  (table) => [
    primaryKey({ columns: [table.channel, table.ts] }),
    index("former_threads_finding").on(table.findingId),
  ],
);

/** What a person said on one side, as it stands there by the last that was heard of it. */
export const relayed = pgTable(
  "relayed",
  {
    id: bigId("id").primaryKey().generatedAlwaysAsIdentity(),
    findingId: finding(),
    from: text("from_side", { enum: ["slack", "github"] }).notNull(),
    /** `channel/ts` or `comment/id` or `review/id`: the message that was said. */
    source: text("source").notNull(),
    author: text("author").notNull(),
    /** The name in Slack of an author whose login is known; empty else. */
    name: text("name").notNull().default(""),
    /** Where it stands on its own side. */
    url: text("url").notNull().default(""),
    text: text("text").notNull(),
    /** `withheld`: it stays on its side, such as a command or what begins with `//`; its text is not kept. */
    state: text("state", { enum: ["said", "withheld", "deleted"] })
      .notNull()
      .default("said"),
    /** When its side says that it became so, microseconds since 1970: what is older is not taken for news. */
    version: bigId("version").notNull().default(0),
    /** Goes up with each change that was taken in. */
    revision: integer("revision").notNull().default(0),
    /** Whether it is to stand on the other side: not what was said while the thread was not relayed. */
    mirror: boolean("mirror").notNull().default(true),
    /** Whether the author may approve: only then a fixer takes it for more than a remark. */
    trusted: boolean("trusted").notNull().default(false),
    at: at("at").notNull(),
    changedAt: at("changed_at").notNull().defaultNow(),
  },
  (table) => [
    // a comment's number is its forge's: two forges may give the same
    uniqueIndex("relayed_source").on(table.findingId, table.from, table.source),
    index("relayed_finding").on(table.findingId, table.id),
    index("relayed_changed").on(table.changedAt),
  ],
);

/** Our copies on the other side of what was said: one, or several parts of a long one. */
export const relayedCopies = pgTable(
  "relayed_copies",
  {
    relayedId: bigId("relayed_id")
      .notNull()
      .references(() => relayed.id),
    part: integer("part").notNull(),
    /** `channel/ts` or `comment/id`; null while there is none. */
    target: text("target"),
    /** Digest of what it says; null: not known. */
    digest: text("digest"),
    /** Somebody else took it away: it is not written again. */
    gone: boolean("gone").notNull().default(false),
    /** We began to take it away: where it is gone, that was us. */
    removing: boolean("removing").notNull().default(false),
    /** How often a write of it was given up: it may have arrived. */
    parked: integer("parked").notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.relayedId, table.part] }),
    index("relayed_copies_target").on(table.target).where(sql`${table.target} is not null`),
  ],
);

/** Somebody's yes to a fix. */
export const approvals = pgTable(
  "approvals",
  {
    id: bigId("id").primaryKey().generatedAlwaysAsIdentity(),
    findingId: finding(),
    login: text("login").notNull(),
    via: text("via").notNull(),
    analysisVersion: integer("analysis_version").notNull(),
    anyway: boolean("anyway").notNull(),
    note: text("note"),
    at: at("at").notNull(),
    expiresAt: at("expires_at").notNull(),
    revokedAt: at("revoked_at"),
    usedAt: at("used_at"),
  },
  (table) => [index("approvals_finding").on(table.findingId, table.id)],
);

/** Sign-ins that wait for a Slack user to confirm them on the forge; one each. */
export const linkings = pgTable("linkings", {
  chatUser: text("chat_user").primaryKey(),
  channel: text("channel").notNull(),
  /** The login they said is theirs. */
  expected: text("expected"),
  secret: text("secret").notNull(),
  code: text("code").notNull(),
  intervalMs: integer("interval_ms").notNull(),
  expiresAt: at("expires_at").notNull(),
});

/** Slack users and the logins they act as. */
export const links = pgTable("links", {
  chatUser: text("chat_user").primaryKey(),
  login: text("login").notNull(),
  /** The name of the forge that the login was proven on; `device` in older rows: GitHub. */
  by: text("by").notNull(),
  at: at("at").notNull(),
});

/** What people asked the bot about a finding and what it said: each question is answered once. */
export const questions = pgTable(
  "questions",
  {
    id: serial("id"),
    findingId: finding(),
    from: text("from_side", { enum: ["slack", "github"] }).notNull(),
    /** `channel/ts` or `comment/id`: the message that asks; `dialog/id` where it was asked in one. */
    source: text("source").notNull(),
    url: text("url").notNull(),
    author: text("author").notNull(),
    /** Whether the author may approve: only then what they say changes an analysis that a fix rests on. */
    trusted: boolean("trusted").notNull(),
    /** Asked behind `//`: neither the question nor its answer leaves Slack. */
    kept: boolean("kept").notNull(),
    text: text("text").notNull(),
    at: at("at").notNull(),
    /** `stopped`: said that it stops here; `ignored`: after that, in silence. */
    state: text("state", { enum: ["waiting", "answered", "failed", "stopped", "ignored"] }).notNull(),
    tries: integer("tries").notNull().default(0),
    /** Markdown, made harmless. */
    answer: text("answer"),
    endedAt: at("ended_at"),
  },
  (table) => [
    uniqueIndex("questions_source").on(table.findingId, table.from, table.source),
    index("questions_finding").on(table.findingId, table.id),
  ],
);

/** What happened on GitHub, as short lines of a thread; those of a burst stand in one message. */
export const threadLines = pgTable(
  "thread_lines",
  {
    id: serial("id"),
    findingId: finding(),
    /** Of the event: told again, it is the same line. */
    key: text("key").notNull().unique(),
    who: text("who"),
    what: text("what", {
      enum: ["closed", "reopened", "labeled", "unlabeled", "assigned", "unassigned", "checks_failed"],
    }).notNull(),
    object: text("object"),
    at: at("at").notNull(),
    /** `ts` of the message that it stands in. */
    message: text("message"),
  },
  (table) => [index("thread_lines_finding").on(table.findingId, table.id)],
);
