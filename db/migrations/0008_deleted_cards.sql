CREATE TABLE "former_threads" (
	"channel" text NOT NULL,
	"ts" text NOT NULL,
	"finding_id" integer NOT NULL,
	CONSTRAINT "former_threads_channel_ts_pk" PRIMARY KEY("channel","ts")
);
--> statement-breakpoint
ALTER TABLE "inbox" ADD COLUMN "told_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "threads" ADD COLUMN "gone_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "former_threads" ADD CONSTRAINT "former_threads_finding_id_findings_id_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."findings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "former_threads_finding" ON "former_threads" USING btree ("finding_id");