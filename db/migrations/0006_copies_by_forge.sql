DROP INDEX "questions_source";--> statement-breakpoint
DROP INDEX "relayed_source";--> statement-breakpoint
CREATE UNIQUE INDEX "questions_source" ON "questions" USING btree ("finding_id","from_side","source");--> statement-breakpoint
CREATE UNIQUE INDEX "relayed_source" ON "relayed" USING btree ("finding_id","from_side","source");