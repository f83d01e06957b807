CREATE TABLE "attempts" (
	"repo" text NOT NULL,
	"run" bigint NOT NULL,
	"attempt" integer NOT NULL,
	"workflow" text NOT NULL,
	"conclusion" text,
	"whole" boolean NOT NULL,
	"failed_jobs" integer NOT NULL,
	"extracted" integer NOT NULL,
	"read_at" timestamp with time zone NOT NULL,
	CONSTRAINT "attempts_repo_run_attempt_pk" PRIMARY KEY("repo","run","attempt")
);
--> statement-breakpoint
CREATE TABLE "findings" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "findings_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"kind" text NOT NULL,
	"repo" text NOT NULL,
	"test" text NOT NULL,
	"package" text,
	"file" text,
	"framework" text NOT NULL,
	"signature" text NOT NULL,
	"state" text NOT NULL,
	"class" text NOT NULL,
	"confidence" real NOT NULL,
	"reasons" jsonb NOT NULL,
	"issue_number" integer,
	"pull_number" integer,
	"thread_url" text,
	"merge_commit" text,
	"muted_until" timestamp with time zone,
	"merged_at" timestamp with time zone,
	"deployed_at" timestamp with time zone,
	"held_at" timestamp with time zone,
	"first_seen" timestamp with time zone NOT NULL,
	"last_seen" timestamp with time zone NOT NULL,
	"state_at" timestamp with time zone NOT NULL,
	"reopened" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "fingerprints" (
	"fingerprint" text PRIMARY KEY NOT NULL,
	"finding_id" integer NOT NULL,
	"signature" text NOT NULL,
	"first_seen" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "job_runs" (
	"repo" text NOT NULL,
	"job" bigint NOT NULL,
	"run" bigint NOT NULL,
	"attempt" integer NOT NULL,
	"name" text NOT NULL,
	"workflow" text NOT NULL,
	"conclusion" text NOT NULL,
	"sha" text NOT NULL,
	"branch" text NOT NULL,
	"pull" integer,
	"author" text,
	"at" timestamp with time zone NOT NULL,
	"url" text NOT NULL,
	CONSTRAINT "job_runs_repo_job_pk" PRIMARY KEY("repo","job")
);
--> statement-breakpoint
CREATE TABLE "sightings" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sightings_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"fingerprint" text NOT NULL,
	"finding_id" integer,
	"repo" text NOT NULL,
	"job" bigint NOT NULL,
	"run" bigint NOT NULL,
	"attempt" integer NOT NULL,
	"job_name" text NOT NULL,
	"sha" text NOT NULL,
	"branch" text NOT NULL,
	"pull" integer,
	"author" text,
	"at" timestamp with time zone NOT NULL,
	"test" text NOT NULL,
	"suite" text,
	"package" text,
	"file" text,
	"framework" text NOT NULL,
	"kind" text NOT NULL,
	"message" text NOT NULL,
	"signature" text NOT NULL,
	"line" integer NOT NULL,
	"retried_ok" boolean NOT NULL,
	"cascade_of" text,
	"fell_together" integer NOT NULL,
	"infra" jsonb NOT NULL,
	"excerpt" text,
	"url" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp with time zone NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"finding_id" integer,
	"detail" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "counters" (
	"name" text NOT NULL,
	"label" text DEFAULT '' NOT NULL,
	"value" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "counters_name_label_pk" PRIMARY KEY("name","label")
);
--> statement-breakpoint
CREATE TABLE "inbox" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "inbox_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"source" text NOT NULL,
	"delivery_id" text NOT NULL,
	"kind" text NOT NULL,
	"payload" jsonb NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"done_at" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "leases" (
	"name" text PRIMARY KEY NOT NULL,
	"holder" text NOT NULL,
	"until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "model_calls" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "model_calls_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp with time zone NOT NULL,
	"purpose" text NOT NULL,
	"model" text NOT NULL,
	"finding_id" integer,
	"task_id" text,
	"input_tokens" integer NOT NULL,
	"output_tokens" integer NOT NULL,
	"micro_usd" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "outbox_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"destination" text NOT NULL,
	"lane" text NOT NULL,
	"kind" text NOT NULL,
	"key" text NOT NULL,
	"payload" jsonb NOT NULL,
	"finding_id" integer,
	"while_paused" text DEFAULT 'wait' NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"sent_at" timestamp with time zone,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"name" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "approvals" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "approvals_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"finding_id" integer NOT NULL,
	"login" text NOT NULL,
	"via" text NOT NULL,
	"analysis_version" integer NOT NULL,
	"anyway" boolean NOT NULL,
	"note" text,
	"at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	"used_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "issues" (
	"finding_id" integer PRIMARY KEY NOT NULL,
	"repo" text NOT NULL,
	"number" integer NOT NULL,
	"url" text NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	"body_digest" text,
	"analysis_version" integer DEFAULT 0 NOT NULL,
	"analysis" text,
	"analysis_comment_id" bigint,
	"comments_seen" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "links" (
	"chat_user" text PRIMARY KEY NOT NULL,
	"login" text NOT NULL,
	"by" text NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "relayed" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "relayed_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"finding_id" integer NOT NULL,
	"from_side" text NOT NULL,
	"source" text NOT NULL,
	"target" text,
	"author" text NOT NULL,
	"text" text NOT NULL,
	"trusted" boolean DEFAULT false NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "threads" (
	"finding_id" integer PRIMARY KEY NOT NULL,
	"channel" text NOT NULL,
	"ts" text NOT NULL,
	"permalink" text NOT NULL,
	"card_digest" text NOT NULL,
	"reaction" text,
	"muted" boolean DEFAULT false NOT NULL,
	"replies_seen" text,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ancestry" (
	"repo" text NOT NULL,
	"ancestor" text NOT NULL,
	"sha" text NOT NULL,
	"contained" boolean NOT NULL,
	CONSTRAINT "ancestry_repo_ancestor_sha_pk" PRIMARY KEY("repo","ancestor","sha")
);
--> statement-breakpoint
CREATE TABLE "deployments" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "deployments_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"repo" text NOT NULL,
	"commit" text NOT NULL,
	"status" text NOT NULL,
	"environment" text,
	"deployed_at" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pulls" (
	"finding_id" integer NOT NULL,
	"repo" text NOT NULL,
	"number" integer NOT NULL,
	"task_id" text NOT NULL,
	"url" text NOT NULL,
	"branch" text NOT NULL,
	"head_sha" text NOT NULL,
	"state" text NOT NULL,
	"merge_commit" text,
	"merged_by" text,
	"checks" text DEFAULT 'none' NOT NULL,
	"review" text DEFAULT 'none' NOT NULL,
	"rounds" integer DEFAULT 0 NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "review_comments" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "review_comments_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"finding_id" integer NOT NULL,
	"repo" text NOT NULL,
	"pull" integer NOT NULL,
	"source" text NOT NULL,
	"author" text NOT NULL,
	"body" text NOT NULL,
	"path" text,
	"line" integer,
	"diff_hunk" text,
	"at" timestamp with time zone NOT NULL,
	"task_id" text,
	"answered_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "tasks" (
	"id" text PRIMARY KEY NOT NULL,
	"finding_id" integer NOT NULL,
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"requested_by" text NOT NULL,
	"note" text,
	"labels" jsonb NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"worker" text,
	"phase" text,
	"detail" text,
	"done" integer,
	"total" integer,
	"branch" text NOT NULL,
	"base_sha" text,
	"head_sha" text,
	"patch" text,
	"result" jsonb,
	"error" text,
	"created_at" timestamp with time zone NOT NULL,
	"started_at" timestamp with time zone,
	"heartbeat_at" timestamp with time zone,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "workers" (
	"id" text PRIMARY KEY NOT NULL,
	"host" text NOT NULL,
	"version" text NOT NULL,
	"labels" jsonb NOT NULL,
	"capacity" integer NOT NULL,
	"sandbox" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"seen_at" timestamp with time zone NOT NULL,
	"stopped_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "fingerprints" ADD CONSTRAINT "fingerprints_finding_id_findings_id_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."findings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sightings" ADD CONSTRAINT "sightings_finding_id_findings_id_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."findings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_finding_id_findings_id_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."findings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "issues" ADD CONSTRAINT "issues_finding_id_findings_id_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."findings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "relayed" ADD CONSTRAINT "relayed_finding_id_findings_id_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."findings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "threads" ADD CONSTRAINT "threads_finding_id_findings_id_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."findings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pulls" ADD CONSTRAINT "pulls_finding_id_findings_id_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."findings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "review_comments" ADD CONSTRAINT "review_comments_finding_id_findings_id_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."findings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_finding_id_findings_id_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."findings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "findings_test" ON "findings" USING btree ("repo","test");--> statement-breakpoint
CREATE UNIQUE INDEX "findings_issue" ON "findings" USING btree ("repo","issue_number") WHERE "findings"."issue_number" is not null;--> statement-breakpoint
CREATE INDEX "findings_state" ON "findings" USING btree ("state","last_seen");--> statement-breakpoint
CREATE INDEX "fingerprints_finding" ON "fingerprints" USING btree ("finding_id");--> statement-breakpoint
CREATE INDEX "job_runs_name" ON "job_runs" USING btree ("repo","name","at");--> statement-breakpoint
CREATE INDEX "job_runs_sha" ON "job_runs" USING btree ("repo","sha","name");--> statement-breakpoint
CREATE UNIQUE INDEX "sightings_once" ON "sightings" USING btree ("repo","job","fingerprint");--> statement-breakpoint
CREATE INDEX "sightings_finding" ON "sightings" USING btree ("finding_id","at");--> statement-breakpoint
CREATE INDEX "sightings_fingerprint" ON "sightings" USING btree ("fingerprint","at");--> statement-breakpoint
CREATE INDEX "audit_finding" ON "audit" USING btree ("finding_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "inbox_delivery" ON "inbox" USING btree ("source","delivery_id");--> statement-breakpoint
CREATE INDEX "inbox_open" ON "inbox" USING btree ("id") WHERE "inbox"."done_at" is null;--> statement-breakpoint
CREATE INDEX "model_calls_at" ON "model_calls" USING btree ("at");--> statement-breakpoint
CREATE UNIQUE INDEX "outbox_key" ON "outbox" USING btree ("key");--> statement-breakpoint
CREATE INDEX "outbox_open" ON "outbox" USING btree ("destination","id") WHERE "outbox"."state" in ('pending', 'sending');--> statement-breakpoint
CREATE INDEX "approvals_finding" ON "approvals" USING btree ("finding_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "issues_number" ON "issues" USING btree ("repo","number");--> statement-breakpoint
CREATE UNIQUE INDEX "relayed_source" ON "relayed" USING btree ("from_side","source");--> statement-breakpoint
CREATE INDEX "relayed_target" ON "relayed" USING btree ("from_side","target") WHERE "relayed"."target" is not null;--> statement-breakpoint
CREATE INDEX "relayed_finding" ON "relayed" USING btree ("finding_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "threads_ts" ON "threads" USING btree ("channel","ts");--> statement-breakpoint
CREATE UNIQUE INDEX "deployments_once" ON "deployments" USING btree ("repo","commit","environment","deployed_at");--> statement-breakpoint
CREATE UNIQUE INDEX "pulls_number" ON "pulls" USING btree ("repo","number");--> statement-breakpoint
CREATE INDEX "pulls_finding" ON "pulls" USING btree ("finding_id");--> statement-breakpoint
CREATE UNIQUE INDEX "review_comments_source" ON "review_comments" USING btree ("repo","source");--> statement-breakpoint
CREATE INDEX "review_comments_pull" ON "review_comments" USING btree ("repo","pull");--> statement-breakpoint
CREATE INDEX "tasks_finding" ON "tasks" USING btree ("finding_id","created_at");--> statement-breakpoint
CREATE INDEX "tasks_state" ON "tasks" USING btree ("state","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "tasks_one_at_a_time" ON "tasks" USING btree ("finding_id") WHERE "tasks"."state" in ('queued', 'running', 'publishing');