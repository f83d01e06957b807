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
ALTER TABLE "job_runs" ADD COLUMN "log" text;--> statement-breakpoint
ALTER TABLE "job_runs" ADD COLUMN "os" text;--> statement-breakpoint
ALTER TABLE "job_runs" ADD COLUMN "arch" text;--> statement-breakpoint
ALTER TABLE "job_runs" ADD COLUMN "toolchain" text;--> statement-breakpoint
CREATE INDEX "scans_open" ON "scans" USING btree ("repo","id") WHERE "scans"."ended_at" is null;