CREATE TABLE "linkings" (
	"chat_user" text PRIMARY KEY NOT NULL,
	"channel" text NOT NULL,
	"expected" text,
	"secret" text NOT NULL,
	"code" text NOT NULL,
	"interval_ms" integer NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
