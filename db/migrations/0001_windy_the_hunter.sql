CREATE TABLE "linkings" (
	"chat_user" text PRIMARY KEY NOT NULL,
	"channel" text NOT NULL,
	"expected" text,
	"secret" text NOT NULL,
	"code" text NOT NULL,
	"interval_ms" integer NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notices" (
	"repo" text NOT NULL,
	"pull" integer NOT NULL,
	"comment_id" bigint NOT NULL,
	"digest" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "notices_repo_pull_pk" PRIMARY KEY("repo","pull")
);
