CREATE TABLE "node_runs" (
	"task_id" text NOT NULL,
	"attempt" integer NOT NULL,
	"node" text NOT NULL,
	"state" text NOT NULL,
	"token" text NOT NULL,
	"credential" text,
	"report" text,
	"patch" text,
	"summary" jsonb,
	"why" text,
	"started_at" timestamp with time zone NOT NULL,
	"seen_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "node_runs_task_id_attempt_pk" PRIMARY KEY("task_id","attempt")
);
--> statement-breakpoint
ALTER TABLE "review_comments" ADD COLUMN "trusted" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "workers" ADD COLUMN "kind" text DEFAULT 'worker' NOT NULL;--> statement-breakpoint
ALTER TABLE "workers" ADD COLUMN "fault" text;--> statement-breakpoint
CREATE INDEX "node_runs_state" ON "node_runs" USING btree ("state","started_at");