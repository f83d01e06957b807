CREATE TABLE "model_days" (
	"day" date NOT NULL,
	"purpose" text NOT NULL,
	"calls" integer NOT NULL,
	"tokens" bigint NOT NULL,
	"micro_usd" bigint NOT NULL,
	CONSTRAINT "model_days_day_purpose_pk" PRIMARY KEY("day","purpose")
);
--> statement-breakpoint
DROP INDEX "findings_first_seen";--> statement-breakpoint
DROP INDEX "findings_merged";--> statement-breakpoint
ALTER TABLE "findings" ADD COLUMN "by_forge" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "findings" ADD COLUMN "by_report" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "findings" ADD COLUMN "by_prow" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "findings" ADD COLUMN "words" text GENERATED ALWAYS AS (lower(test || coalesce(' ' || package, '') || coalesce(' ' || file, '') || ' ' || signature)) STORED NOT NULL;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "coverage_delta" numeric GENERATED ALWAYS AS (case when jsonb_typeof(result #> '{status,coverage_delta}') = 'number'
        then (result #>> '{status,coverage_delta}')::numeric end) STORED;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "conflicted" boolean GENERATED ALWAYS AS (coalesce(error ilike '%conflict%', false) or coalesce(result #>> '{status,reason}' ilike '%conflict%', false)) STORED;--> statement-breakpoint
CREATE INDEX "findings_reports" ON "findings" USING btree ("urgency","last_seen","id") WHERE "findings"."by_report";--> statement-breakpoint
CREATE INDEX "findings_prow" ON "findings" USING btree ("urgency","last_seen","id") WHERE "findings"."by_prow";--> statement-breakpoint
CREATE INDEX "pulls_updated" ON "pulls" USING btree ("updated_at");--> statement-breakpoint
CREATE INDEX "pulls_ended" ON "pulls" USING btree ("ended_at");--> statement-breakpoint
CREATE INDEX "findings_first_seen" ON "findings" USING btree ("first_seen","repo");--> statement-breakpoint
CREATE INDEX "findings_merged" ON "findings" USING btree ("merged_at","first_seen","repo");--> statement-breakpoint
INSERT INTO "model_days" ("day", "purpose", "calls", "tokens", "micro_usd")
SELECT ("at" AT TIME ZONE 'UTC')::date, "purpose", count(*), sum("input_tokens" + "output_tokens"), sum("micro_usd")
FROM "model_calls" GROUP BY 1, 2;--> statement-breakpoint
UPDATE "findings" SET "by_forge" = t."forge", "by_report" = t."report", "by_prow" = t."prow"
FROM (
	SELECT "finding_id" AS "id", bool_or("job" >= 0) AS "forge",
		bool_or("job" < 0 AND "job" >= -281474976710656) AS "report", bool_or("job" < -281474976710656) AS "prow"
	FROM "sightings" WHERE "finding_id" IS NOT NULL GROUP BY 1
) t WHERE "findings"."id" = t."id";
