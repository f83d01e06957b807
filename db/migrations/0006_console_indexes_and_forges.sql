DROP INDEX "sightings_finding";--> statement-breakpoint
DROP INDEX "questions_source";--> statement-breakpoint
DROP INDEX "relayed_source";--> statement-breakpoint
CREATE INDEX "findings_errors" ON "findings" USING btree ("package") WHERE "findings"."kind" = 'runtime_error';--> statement-breakpoint
CREATE INDEX "findings_reopened" ON "findings" USING btree ("reopened") WHERE "findings"."reopened" > 0;--> statement-breakpoint
CREATE INDEX "sightings_plot" ON "sightings" USING btree ("finding_id","at","branch","pull");--> statement-breakpoint
CREATE INDEX "relayed_changed" ON "relayed" USING btree ("changed_at");--> statement-breakpoint
CREATE UNIQUE INDEX "questions_source" ON "questions" USING btree ("finding_id","from_side","source");--> statement-breakpoint
CREATE UNIQUE INDEX "relayed_source" ON "relayed" USING btree ("finding_id","from_side","source");