CREATE TABLE "error_minutes" (
	"fingerprint" text NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	"environment" text NOT NULL,
	"commit" text NOT NULL,
	"count" integer NOT NULL,
	CONSTRAINT "error_minutes_fingerprint_minute_environment_commit_pk" PRIMARY KEY("fingerprint","minute","environment","commit")
);
--> statement-breakpoint
CREATE TABLE "error_samples" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "error_samples_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"fingerprint" text NOT NULL,
	"message" text NOT NULL,
	"stack" text NOT NULL,
	"environment" text NOT NULL,
	"commit" text NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "runtime_errors" (
	"fingerprint" text PRIMARY KEY NOT NULL,
	"finding_id" integer,
	"repo" text NOT NULL,
	"project" text NOT NULL,
	"type" text NOT NULL,
	"total" integer NOT NULL,
	"first_seen" timestamp with time zone NOT NULL,
	"last_seen" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "finding_days" (
	"finding_id" integer NOT NULL,
	"day" date NOT NULL,
	"n" integer NOT NULL,
	"lost_seconds" integer NOT NULL,
	"reruns" integer NOT NULL,
	CONSTRAINT "finding_days_finding_id_day_pk" PRIMARY KEY("finding_id","day")
);
--> statement-breakpoint
ALTER TABLE "findings" ADD COLUMN "owners" jsonb;--> statement-breakpoint
ALTER TABLE "findings" ADD COLUMN "seen" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "findings" ADD COLUMN "pulls_hit" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "findings" ADD COLUMN "authors_hit" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "findings" ADD COLUMN "retried_ok" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "findings" ADD COLUMN "lost_seconds" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "findings" ADD COLUMN "urgency" integer GENERATED ALWAYS AS (case state when 'open' then 6 when 'pending_review' then 6 when 'approved' then 5 when 'fixing' then 5
          when 'failed' then 4 when 'new' then 3 when 'merged' then 2 when 'deployed' then 1 else 0 end) STORED NOT NULL;--> statement-breakpoint
ALTER TABLE "job_runs" ADD COLUMN "seconds" integer;--> statement-breakpoint
ALTER TABLE "job_runs" ADD COLUMN "partial" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "relayed_copies" ADD COLUMN "removing" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "runtime_errors" ADD CONSTRAINT "runtime_errors_finding_id_findings_id_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."findings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "finding_days" ADD CONSTRAINT "finding_days_finding_id_findings_id_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."findings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "error_samples_fingerprint" ON "error_samples" USING btree ("fingerprint","id");--> statement-breakpoint
CREATE INDEX "runtime_errors_finding" ON "runtime_errors" USING btree ("finding_id");--> statement-breakpoint
CREATE INDEX "finding_days_day" ON "finding_days" USING btree ("day");--> statement-breakpoint
CREATE INDEX "findings_list" ON "findings" USING btree ("urgency","last_seen","id");--> statement-breakpoint
CREATE INDEX "findings_cost" ON "findings" USING btree ("lost_seconds","seen");--> statement-breakpoint
CREATE INDEX "findings_repo" ON "findings" USING btree ("repo","state");--> statement-breakpoint
CREATE INDEX "findings_first_seen" ON "findings" USING btree ("first_seen");--> statement-breakpoint
CREATE INDEX "findings_merged" ON "findings" USING btree ("merged_at");--> statement-breakpoint
CREATE INDEX "findings_held" ON "findings" USING btree ("held_at");--> statement-breakpoint
CREATE INDEX "audit_at" ON "audit" USING btree ("at");--> statement-breakpoint
CREATE INDEX "model_calls_finding" ON "model_calls" USING btree ("finding_id");--> statement-breakpoint
CREATE INDEX "review_comments_finding" ON "review_comments" USING btree ("finding_id","at");--> statement-breakpoint
CREATE INDEX "tasks_created" ON "tasks" USING btree ("created_at");--> statement-breakpoint
INSERT INTO "finding_days" ("finding_id", "day", "n", "lost_seconds", "reruns")
SELECT s."finding_id", (s."at" AT TIME ZONE 'UTC')::date, count(*), 0,
	count(DISTINCT (s."run", s."attempt")) FILTER (WHERE a."run" IS NOT NULL)
FROM "sightings" s
LEFT JOIN "attempts" a ON a."repo" = s."repo" AND a."run" = s."run" AND a."attempt" = s."attempt" + 1
WHERE s."finding_id" IS NOT NULL
GROUP BY 1, 2;--> statement-breakpoint
UPDATE "findings" SET "seen" = t."seen", "pulls_hit" = t."pulls", "authors_hit" = t."authors", "retried_ok" = t."retried"
FROM (
	SELECT s."finding_id" AS "id", count(*) AS "seen", count(DISTINCT s."pull") AS "pulls",
		count(DISTINCT s."author") AS "authors", count(*) FILTER (WHERE s."retried_ok") AS "retried"
	FROM "sightings" s WHERE s."finding_id" IS NOT NULL GROUP BY 1
) t WHERE "findings"."id" = t."id";
