import { eq, sql } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { links } from "../../../db/schema.ts";
import type { Config } from "../../config/index.ts";
import type { Actor } from "../../kernel/actor.ts";
import { ForbiddenError } from "../../kernel/errors.ts";
import { ChatUserId, Login } from "../../kernel/ids.ts";

/** The login a Slack user acts as: named in the settings, or linked by themselves. */
export async function loginOf(deps: { db: Db; config: Config }, user: ChatUserId): Promise<Login | null> {
  const configured = deps.config.file.people[user];
  if (configured !== undefined) return configured;
  const [link] = await deps.db.select().from(links).where(eq(links.chatUser, user));
  return link === undefined ? null : Login.parse(link.login);
}

/** The Slack user who acts as a login, the settings' word first; null where nobody is linked to it. */
export async function chatUserOf(
  deps: { db: Db; config: Config },
  login: string,
): Promise<ChatUserId | null> {
  const same = (other: string) => other.toLowerCase() === login.toLowerCase();
  const named = Object.entries(deps.config.file.people).find(([, one]) => same(one));
  if (named !== undefined) return ChatUserId.parse(named[0]);
  const [link] = await deps.db
    .select()
    .from(links)
    .where(sql`lower(${links.login}) = ${login.toLowerCase()}`)
    .limit(1);
  return link === undefined ? null : ChatUserId.parse(link.chatUser);
}

/** The actor's login, for what is decided by GitHub's rights. @throws ForbiddenError when none is linked. */
export function requireLogin(actor: Actor): Login {
  if (actor.kind === "person" && actor.login !== null) return actor.login;
  throw new ForbiddenError(
    "I do not know who you are on GitHub, and GitHub's rights decide here. `link` proves it to me, or a maintainer " +
      "links you in flaky.yaml under `people` (your Slack id: your login).",
  );
}
