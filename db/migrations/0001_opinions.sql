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
ALTER TABLE "opinions" ADD CONSTRAINT "opinions_finding_id_findings_id_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."findings"("id") ON DELETE no action ON UPDATE no action;