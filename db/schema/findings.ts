import { sql } from "drizzle-orm";
import {
  boolean,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  real,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { at, bigId, serial } from "./columns.ts";

export const STATES = [
  "new",
  "open",
  "approved",
  "fixing",
  "pending_review",
  "merged",
  "deployed",
  "failed",
  "dismissed",
] as const;

/** What people decide about: a flaky test, a runtime error, or any issue someone started. */
export const findings = pgTable(
  "findings",
  {
    id: integer("id").primaryKey().generatedAlwaysAsIdentity(),
    kind: text("kind", { enum: ["flaky_test", "runtime_error", "issue"] }).notNull(),
    repo: text("repo").notNull(),
    test: text("test").notNull(),
    package: text("package"),
    file: text("file"),
    framework: text("framework").notNull(),
    signature: text("signature").notNull(),
    state: text("state", { enum: STATES }).notNull(),
    class: text("class", { enum: ["flaky-test", "infra-flake", "likely-regression", "unknown"] }).notNull(),
    confidence: real("confidence").notNull(),
    reasons: jsonb("reasons").notNull(),
    issueNumber: integer("issue_number"),
    pullNumber: integer("pull_number"),
    /** Address of the card, once it is posted. */
    threadUrl: text("thread_url"),
    /** Who looks after its file, as a hint; null: not looked up yet. */
    owners: jsonb("owners").$type<string[]>(),
    mergeCommit: text("merge_commit"),
    mutedUntil: at("muted_until"),
    mergedAt: at("merged_at"),
    deployedAt: at("deployed_at"),
    heldAt: at("held_at"),
    firstSeen: at("first_seen").notNull(),
    lastSeen: at("last_seen").notNull(),
    stateAt: at("state_at").notNull(),
    /** How often it came back after a merge. */
    reopened: integer("reopened").notNull().default(0),
    /**
     * Of all its sightings: how many, in how many pull requests, of how many authors, passed on a retry in the job; and the
     * job time lost to it.
     */
    seen: integer("seen").notNull().default(0),
    pullsHit: integer("pulls_hit").notNull().default(0),
    authorsHit: integer("authors_hit").notNull().default(0),
    retriedOk: integer("retried_ok").notNull().default(0),
    lostSeconds: integer("lost_seconds").notNull().default(0),
    /** Whether any of its failures came from the forge's own CI, in a pushed report, from Prow. */
    byForge: boolean("by_forge").notNull().default(false),
    byReport: boolean("by_report").notNull().default(false),
    byProw: boolean("by_prow").notNull().default(false),
    /** What a search looks through, in small letters. */
    words: text("words")
      .notNull()
      .generatedAlwaysAs(
        sql`lower(test || coalesce(' ' || package, '') || coalesce(' ' || file, '') || ' ' || signature)`,
      ),
    /** Place of its state among what people look at first, highest on top: the order of the console's list. */
    urgency: integer("urgency")
      .notNull()
      .generatedAlwaysAs(
        sql`case state when 'open' then 6 when 'pending_review' then 6 when 'approved' then 5 when 'fixing' then 5
          when 'failed' then 4 when 'new' then 3 when 'merged' then 2 when 'deployed' then 1 else 0 end`,
      ),
  },
  (table) => [
    index("findings_test").on(table.repo, table.test),
    uniqueIndex("findings_issue")
      .on(table.repo, table.issueNumber)
      .where(sql`${table.issueNumber} is not null`),
    index("findings_state").on(table.state, table.lastSeen),
    index("findings_list").on(table.urgency, table.lastSeen, table.id),
    index("findings_cost").on(table.lostSeconds, table.seen),
    index("findings_repo").on(table.repo, table.state),
    // with what the figures count: they read the index alone
    index("findings_first_seen").on(table.firstSeen, table.repo),
    index("findings_merged").on(table.mergedAt, table.firstSeen, table.repo),
    // what few findings have, in the order of the list
    index("findings_reports").on(table.urgency, table.lastSeen, table.id).where(sql`${table.byReport}`),
    index("findings_prow").on(table.urgency, table.lastSeen, table.id).where(sql`${table.byProw}`),
    index("findings_held").on(table.heldAt),
    index("findings_errors").on(table.package).where(sql`${table.kind} = 'runtime_error'`),
    index("findings_reopened").on(table.reopened).where(sql`${table.reopened} > 0`),
  ],
);

/** Sightings of a finding on a UTC day, counted anew with each verdict: lists and charts read these. */
export const findingDays = pgTable(
  "finding_days",
  {
    findingId: integer("finding_id")
      .notNull()
      .references(() => findings.id),
    day: date("day").notNull(),
    n: integer("n").notNull(),
    /** Job time lost to it: the failed jobs' time, shared with the tests that fell in the same job. */
    lostSeconds: integer("lost_seconds").notNull(),
    /** Attempts that it felled and that were run again. */
    reruns: integer("reruns").notNull(),
  },
  (table) => [primaryKey({ columns: [table.findingId, table.day] }), index("finding_days_day").on(table.day)],
);

/** Ways of failing; each belongs to one finding. */
export const fingerprints = pgTable(
  "fingerprints",
  {
    fingerprint: text("fingerprint").primaryKey(),
    findingId: integer("finding_id")
      .notNull()
      .references(() => findings.id),
    signature: text("signature").notNull(),
    firstSeen: at("first_seen").notNull(),
  },
  (table) => [index("fingerprints_finding").on(table.findingId)],
);

/** Attempts of runs that were read, so that none is read twice. */
export const attempts = pgTable(
  "attempts",
  {
    repo: text("repo").notNull(),
    run: bigId("run").notNull(),
    attempt: integer("attempt").notNull(),
    workflow: text("workflow").notNull(),
    conclusion: text("conclusion"),
    /** False when a log of it had expired. */
    whole: boolean("whole").notNull(),
    /** Failed jobs whose logs were read, and failures found in them. */
    failedJobs: integer("failed_jobs").notNull(),
    extracted: integer("extracted").notNull(),
    readAt: at("read_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.repo, table.run, table.attempt] })],
);

/** Looks through the listing of runs, by schedule or because somebody asked. */
export const scans = pgTable(
  "scans",
  {
    id: serial("id"),
    repo: text("repo").notNull(),
    /** Somebody asked for it: it shows in the channel how it goes on. */
    asked: boolean("asked").notNull(),
    since: at("since").notNull(),
    /** Runs that count in the listing; null until it was read. */
    listed: integer("listed"),
    /** The service lists no more: older runs were not read. */
    truncated: boolean("truncated").notNull().default(false),
    /** Ids of the runs that had something to read, and of those not read yet; as text. */
    runs: jsonb("runs").notNull(),
    unread: jsonb("unread").notNull(),
    error: text("error"),
    /** The message that shows how it goes on. */
    channel: text("channel"),
    ts: text("ts"),
    startedAt: at("started_at").notNull(),
    movedAt: at("moved_at").notNull(),
    shownAt: at("shown_at"),
    endedAt: at("ended_at"),
  },
  (table) => [index("scans_open").on(table.repo, table.id).where(sql`${table.endedAt} is null`)],
);

/** Every job of every attempt that was read: the passes count as evidence too. */
export const jobRuns = pgTable(
  "job_runs",
  {
    repo: text("repo").notNull(),
    job: bigId("job").notNull(),
    run: bigId("run").notNull(),
    attempt: integer("attempt").notNull(),
    name: text("name").notNull(),
    workflow: text("workflow").notNull(),
    conclusion: text("conclusion").notNull(),
    sha: text("sha").notNull(),
    branch: text("branch").notNull(),
    pull: integer("pull"),
    author: text("author"),
    at: at("at").notNull(),
    /** How long it ran; null where the service did not say. */
    seconds: integer("seconds"),
    url: text("url").notNull(),
    /** `told` of a failed test or an outage, `silent`: neither, `gone`: expired; null where no log was needed. */
    log: text("log", { enum: ["told", "silent", "gone"] }),
    /** Where it ran and with what, as far as the log or the runner's labels say. */
    os: text("os"),
    arch: text("arch"),
    toolchain: text("toolchain"),
    /** It failed, and may have ended before all of its tests ran. */
    partial: boolean("partial").notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.repo, table.job] }),
    index("job_runs_name").on(table.repo, table.name, table.at),
    index("job_runs_sha").on(table.repo, table.sha, table.name),
  ],
);

/** One failure of one test in one job. */
export const sightings = pgTable(
  "sightings",
  {
    id: bigId("id").primaryKey().generatedAlwaysAsIdentity(),
    fingerprint: text("fingerprint").notNull(),
    /** Null until the flakes stage has looked at it. */
    findingId: integer("finding_id").references(() => findings.id),
    repo: text("repo").notNull(),
    job: bigId("job").notNull(),
    run: bigId("run").notNull(),
    attempt: integer("attempt").notNull(),
    jobName: text("job_name").notNull(),
    sha: text("sha").notNull(),
    branch: text("branch").notNull(),
    pull: integer("pull"),
    author: text("author"),
    at: at("at").notNull(),
    test: text("test").notNull(),
    suite: text("suite"),
    package: text("package"),
    file: text("file"),
    framework: text("framework").notNull(),
    kind: text("kind").notNull(),
    message: text("message").notNull(),
    signature: text("signature").notNull(),
    line: integer("line").notNull(),
    retriedOk: boolean("retried_ok").notNull(),
    cascadeOf: text("cascade_of"),
    /** How many tests failed in the same job, and whether infra signs stood in its log. */
    fellTogether: integer("fell_together").notNull(),
    infra: jsonb("infra").notNull(),
    excerpt: text("excerpt"),
    url: text("url").notNull(),
  },
  (table) => [
    uniqueIndex("sightings_once").on(table.repo, table.job, table.fingerprint),
    // with what the plot of a finding's page shows: it reads the index alone
    index("sightings_plot").on(table.findingId, table.at, table.branch, table.pull),
    index("sightings_fingerprint").on(table.fingerprint, table.at),
  ],
);

/** What the model said of a finding at certain kinds of evidence, so that it is asked once for each. */
export const opinions = pgTable(
  "opinions",
  {
    findingId: integer("finding_id")
      .notNull()
      .references(() => findings.id),
    /** Names of the rules that spoke. */
    kinds: text("kinds").notNull(),
    /** `unknown` also where its quotes were not in the log. */
    class: text("class", { enum: ["flaky-test", "infra-flake", "likely-regression", "unknown"] }).notNull(),
    confidence: real("confidence").notNull(),
    quote: text("quote").notNull(),
    at: at("at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.findingId, table.kinds] })],
);
