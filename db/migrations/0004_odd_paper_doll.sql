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
ALTER TABLE "runtime_errors" ADD CONSTRAINT "runtime_errors_finding_id_findings_id_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."findings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "error_samples_fingerprint" ON "error_samples" USING btree ("fingerprint","id");--> statement-breakpoint
CREATE INDEX "runtime_errors_finding" ON "runtime_errors" USING btree ("finding_id");