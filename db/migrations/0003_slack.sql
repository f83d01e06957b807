ALTER TABLE "findings" ADD COLUMN "owners" jsonb;--> statement-breakpoint
ALTER TABLE "relayed_copies" ADD COLUMN "removing" boolean DEFAULT false NOT NULL;