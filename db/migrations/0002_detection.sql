CREATE TABLE "opinions" (
	"finding_id" integer NOT NULL,
	"kinds" text NOT NULL,
	"class" text NOT NULL,
	"confidence" real NOT NULL,
	"quote" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "opinions_finding_id_kinds_pk" PRIMARY KEY("finding_id","kinds")
);
--> statement-breakpoint
CREATE TABLE "scans" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "scans_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"repo" text NOT NULL,
	"asked" boolean NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"listed" integer,
	"truncated" boolean DEFAULT false NOT NULL,
	"runs" jsonb NOT NULL,
	"unread" jsonb NOT NULL,
	"error" text,
	"channel" text,
	"ts" text,
	"started_at" timestamp with time zone NOT NULL,
	"moved_at" timestamp with time zone NOT NULL,
	"shown_at" timestamp with time zone,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "linkings" (
	"chat_user" text PRIMARY KEY NOT NULL,
	"channel" text NOT NULL,
	"expected" text,
	"secret" text NOT NULL,
	"code" text NOT NULL,
	"interval_ms" integer NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "questions" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "questions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"finding_id" integer NOT NULL,
	"from_side" text NOT NULL,
	"source" text NOT NULL,
	"url" text NOT NULL,
	"author" text NOT NULL,
	"trusted" boolean NOT NULL,
	"kept" boolean NOT NULL,
	"text" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"state" text NOT NULL,
	"tries" integer DEFAULT 0 NOT NULL,
	"answer" text,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "thread_lines" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "thread_lines_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"finding_id" integer NOT NULL,
	"key" text NOT NULL,
	"who" text,
	"what" text NOT NULL,
	"object" text,
	"at" timestamp with time zone NOT NULL,
	"message" text,
	CONSTRAINT "thread_lines_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "notices" (
	"repo" text NOT NULL,
	"pull" integer NOT NULL,
	"comment_id" bigint NOT NULL,
	"digest" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "notices_repo_pull_pk" PRIMARY KEY("repo","pull")
);
--> statement-breakpoint
ALTER TABLE "job_runs" ADD COLUMN "log" text;--> statement-breakpoint
ALTER TABLE "job_runs" ADD COLUMN "os" text;--> statement-breakpoint
ALTER TABLE "job_runs" ADD COLUMN "arch" text;--> statement-breakpoint
ALTER TABLE "job_runs" ADD COLUMN "toolchain" text;--> statement-breakpoint
ALTER TABLE "opinions" ADD CONSTRAINT "opinions_finding_id_findings_id_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."findings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "questions" ADD CONSTRAINT "questions_finding_id_findings_id_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."findings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "thread_lines" ADD CONSTRAINT "thread_lines_finding_id_findings_id_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."findings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "scans_open" ON "scans" USING btree ("repo","id") WHERE "scans"."ended_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "questions_source" ON "questions" USING btree ("from_side","source");--> statement-breakpoint
CREATE INDEX "questions_finding" ON "questions" USING btree ("finding_id","id");--> statement-breakpoint
CREATE INDEX "thread_lines_finding" ON "thread_lines" USING btree ("finding_id","id");