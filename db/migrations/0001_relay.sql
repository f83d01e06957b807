CREATE TABLE "relayed_copies" (
	"relayed_id" bigint NOT NULL,
	"part" integer NOT NULL,
	"target" text,
	"digest" text,
	"gone" boolean DEFAULT false NOT NULL,
	"parked" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "relayed_copies_relayed_id_part_pk" PRIMARY KEY("relayed_id","part")
);
--> statement-breakpoint
DROP INDEX "relayed_target";--> statement-breakpoint
ALTER TABLE "relayed" ADD COLUMN "name" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "relayed" ADD COLUMN "url" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "relayed" ADD COLUMN "state" text DEFAULT 'said' NOT NULL;--> statement-breakpoint
ALTER TABLE "relayed" ADD COLUMN "version" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "relayed" ADD COLUMN "revision" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "relayed" ADD COLUMN "mirror" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "relayed" ADD COLUMN "changed_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "relayed_copies" ADD CONSTRAINT "relayed_copies_relayed_id_relayed_id_fk" FOREIGN KEY ("relayed_id") REFERENCES "public"."relayed"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "relayed_copies_target" ON "relayed_copies" USING btree ("target") WHERE "relayed_copies"."target" is not null;--> statement-breakpoint
INSERT INTO "relayed_copies" ("relayed_id", "part", "target") SELECT "id", 0, "target" FROM "relayed" WHERE "target" IS NOT NULL;--> statement-breakpoint
ALTER TABLE "relayed" DROP COLUMN "target";