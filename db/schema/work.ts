import { sql } from "drizzle-orm";
import {
  boolean,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { finding } from "./belongs.ts";
import { at, bigId } from "./columns.ts";

/** Work for the fixer. A task belongs to one finding; its patch is taken from its newest attempt only. */
export const tasks = pgTable(
  "tasks",
  {
    id: text("id").primaryKey(),
    findingId: finding(),
    kind: text("kind", { enum: ["fix", "address"] }).notNull(),
    state: text("state", {
      enum: ["queued", "running", "publishing", "done", "failed", "cancelled"],
    }).notNull(),
    requestedBy: text("requested_by").notNull(),
    note: text("note"),
    labels: jsonb("labels").notNull(),
    attempt: integer("attempt").notNull().default(0),
    worker: text("worker"),
    phase: text("phase"),
    detail: text("detail"),
    done: integer("done"),
    total: integer("total"),
    branch: text("branch").notNull(),
    baseSha: text("base_sha"),
    headSha: text("head_sha"),
    patch: text("patch"),
    /** What the runner returned: pull request text, commit message, replies, status. */
    result: jsonb("result"),
    error: text("error"),
    /** Points of coverage that it gained, and whether it ended in a conflict: figures need not open the result. */
    coverageDelta: numeric("coverage_delta", { mode: "number" }).generatedAlwaysAs(
      sql`case when jsonb_typeof(result #> '{status,coverage_delta}') = 'number'
        then (result #>> '{status,coverage_delta}')::numeric end`,
    ),
    conflicted: boolean("conflicted").generatedAlwaysAs(
      sql`coalesce(error ilike '%conflict%', false) or coalesce(result #>> '{status,reason}' ilike '%conflict%', false)`,
    ),
    createdAt: at("created_at").notNull(),
    startedAt: at("started_at"),
    heartbeatAt: at("heartbeat_at"),
    finishedAt: at("finished_at"),
  },
  (table) => [
    index("tasks_finding").on(table.findingId, table.createdAt),
    index("tasks_state").on(table.state, table.createdAt),
    index("tasks_created").on(table.createdAt),
    uniqueIndex("tasks_one_at_a_time")
      .on(table.findingId)
      .where(sql`${table.state} in ('queued', 'running', 'publishing')`),
  ],
);

/** A person's word that what a restraint rule objects to may stand in the finding's next task. */
export const overrules = pgTable(
  "overrules",
  {
    id: bigId("id").primaryKey().generatedAlwaysAsIdentity(),
    findingId: finding(),
    rule: text("rule").notNull(),
    /** A glob; every path where missing. */
    path: text("path"),
    login: text("login").notNull(),
    reason: text("reason").notNull(),
    at: at("at").notNull(),
    /** The task that began with it. */
    taskId: text("task_id"),
  },
  (table) => [index("overrules_finding").on(table.findingId, table.id)],
);

/** Machines, or processes, that run tasks. */
export const workers = pgTable("workers", {
  id: text("id").primaryKey(),
  host: text("host").notNull(),
  version: text("version").notNull(),
  labels: jsonb("labels").notNull(),
  capacity: integer("capacity").notNull(),
  sandbox: text("sandbox").notNull(),
  startedAt: at("started_at").notNull(),
  seenAt: at("seen_at").notNull(),
  stoppedAt: at("stopped_at"),
  /** A node is a machine outside: it is asked how it is, and never opens the database. */
  kind: text("kind", { enum: ["worker", "node"] })
    .notNull()
    .default("worker"),
  /** Why a node takes no work; null while it does. */
  fault: text("fault"),
});

/** Attempts that were given to nodes outside, and what came back. */
export const nodeRuns = pgTable(
  "node_runs",
  {
    taskId: text("task_id").notNull(),
    attempt: integer("attempt").notNull(),
    /** Address of the node. */
    node: text("node").notNull(),
    state: text("state", { enum: ["running", "reported", "ended"] }).notNull(),
    /** Digest of the token that reports this attempt. */
    token: text("token").notNull(),
    /** The credential it was lent, sealed; null when there is none, or it was taken back. */
    credential: text("credential"),
    /** Digest of the report that was taken. */
    report: text("report"),
    patch: text("patch"),
    /** What the node says about its change; untrusted. */
    summary: jsonb("summary"),
    /** Why it ended without a report that could be used. */
    why: text("why"),
    startedAt: at("started_at").notNull(),
    seenAt: at("seen_at").notNull(),
    endedAt: at("ended_at"),
  },
  (table) => [
    primaryKey({ columns: [table.taskId, table.attempt] }),
    index("node_runs_state").on(table.state, table.startedAt),
  ],
);

/** What was said on somebody's pull request whose CI failed by known flakes alone. */
export const notices = pgTable(
  "notices",
  {
    repo: text("repo").notNull(),
    pull: integer("pull").notNull(),
    commentId: bigId("comment_id").notNull(),
    /** Digest of the comment as last written. */
    digest: text("digest").notNull(),
    at: at("at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.repo, table.pull] })],
);

/** A pull request of ours and how its review stands. */
export const pulls = pgTable(
  "pulls",
  {
    findingId: finding(),
    repo: text("repo").notNull(),
    number: integer("number").notNull(),
    taskId: text("task_id").notNull(),
    url: text("url").notNull(),
    branch: text("branch").notNull(),
    headSha: text("head_sha").notNull(),
    state: text("state", { enum: ["open", "merged", "closed"] }).notNull(),
    mergeCommit: text("merge_commit"),
    mergedBy: text("merged_by"),
    /** passing, failing or pending, over all checks of the head. */
    checks: text("checks", { enum: ["none", "pending", "passing", "failing"] })
      .notNull()
      .default("none"),
    /** The last word of each reviewer, as one. */
    review: text("review", { enum: ["none", "commented", "changes_requested", "approved"] })
      .notNull()
      .default("none"),
    rounds: integer("rounds").notNull().default(0),
    openedAt: at("opened_at").notNull(),
    updatedAt: at("updated_at").notNull(),
    endedAt: at("ended_at"),
  },
  (table) => [
    uniqueIndex("pulls_number").on(table.repo, table.number),
    index("pulls_finding").on(table.findingId),
    index("pulls_updated").on(table.updatedAt),
    index("pulls_ended").on(table.endedAt),
  ],
);

/** Remarks in reviews; a round answers the open ones. */
export const reviewComments = pgTable(
  "review_comments",
  {
    id: bigId("id").primaryKey().generatedAlwaysAsIdentity(),
    findingId: finding(),
    repo: text("repo").notNull(),
    pull: integer("pull").notNull(),
    /** `inline/12` in a file, `review/5` a review's own text, `comment/7` below the pull request, `checks/<commit>` its red checks. */
    source: text("source").notNull(),
    author: text("author").notNull(),
    body: text("body").notNull(),
    path: text("path"),
    line: integer("line"),
    diffHunk: text("diff_hunk"),
    /** Whether its author had the right to ask for changes, the last time that GitHub was asked. */
    trusted: boolean("trusted").notNull().default(false),
    at: at("at").notNull(),
    /** The task that took it up. */
    taskId: text("task_id"),
    answeredAt: at("answered_at"),
  },
  (table) => [
    uniqueIndex("review_comments_source").on(table.repo, table.source),
    index("review_comments_pull").on(table.repo, table.pull),
    index("review_comments_finding").on(table.findingId, table.at),
  ],
);

/** What deployment webhooks told. */
export const deployments = pgTable(
  "deployments",
  {
    id: bigId("id").primaryKey().generatedAlwaysAsIdentity(),
    repo: text("repo").notNull(),
    commit: text("commit").notNull(),
    status: text("status").notNull(),
    environment: text("environment"),
    deployedAt: at("deployed_at").notNull(),
    receivedAt: at("received_at").notNull(),
  },
  (table) => [
    uniqueIndex("deployments_once").on(table.repo, table.commit, table.environment, table.deployedAt),
  ],
);

/** Whether a commit is contained in another; what git once answered stays true. */
export const ancestry = pgTable(
  "ancestry",
  {
    repo: text("repo").notNull(),
    ancestor: text("ancestor").notNull(),
    sha: text("sha").notNull(),
    contained: boolean("contained").notNull(),
  },
  (table) => [primaryKey({ columns: [table.repo, table.ancestor, table.sha] })],
);
