CREATE TABLE "overrules" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "overrules_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"finding_id" integer NOT NULL,
	"rule" text NOT NULL,
	"path" text,
	"login" text NOT NULL,
	"reason" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"task_id" text
);
--> statement-breakpoint
ALTER TABLE "overrules" ADD CONSTRAINT "overrules_finding_id_findings_id_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."findings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "overrules_finding" ON "overrules" USING btree ("finding_id","id");