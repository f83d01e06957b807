import { eq, sql } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { links } from "../../../db/schema.ts";
import type { Config } from "../../config/index.ts";
import type { Actor } from "../../kernel/actor.ts";
import { ForbiddenError } from "../../kernel/errors.ts";
import { ChatUserId, Login, type RepoName } from "../../kernel/ids.ts";
import type { Context } from "../context.ts";

/** A login, and the name of the forge on which it was proven; null: the settings say that it is theirs everywhere. */
export interface Known {
  login: Login;
  forge: string | null;
}

/** The login a Slack user acts as: named in the settings, or linked by themselves. */
export async function loginOf(deps: { db: Db; config: Config }, user: ChatUserId): Promise<Known | null> {
  const configured = deps.config.file.people[user];
  if (configured !== undefined) return { login: configured, forge: null };
  const [link] = await deps.db.select().from(links).where(eq(links.chatUser, user));
  return link === undefined ? null : { login: Login.parse(link.login), forge: forgeOfLink(link.by) };
}

/** Links are kept with the forge's name; older ones with the way of proof, which was that of GitHub alone. */
const forgeOfLink = (by: string): string => (by === "device" ? "GitHub" : by);

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

/** The actor's login, for what is decided by their rights. @throws ForbiddenError when none is linked. */
export function requireLogin(actor: Actor): Login {
  if (actor.kind === "person" && actor.login !== null) return actor.login;
  throw new ForbiddenError(
    "I do not know your login, and what it may do on the repository decides here. `link` proves it to me, or a " +
      "maintainer links you in flaky.yaml under `people` (your Slack id: your login).",
  );
}

/**
 * The actor's login where a repository lives. The same name on another forge may be somebody else's.
 * @throws ForbiddenError when none is known, or it was proven elsewhere.
 */
export function loginOn(deps: Pick<Context, "forge">, repo: RepoName, actor: Actor): Login {
  const login = requireLogin(actor);
  const there = deps.forge.name(repo);
  if (actor.kind !== "person" || actor.forge === null || actor.forge === there) return login;
  throw new ForbiddenError(
    `I know you as ${login} on ${actor.forge}, and ${repo} is on ${there}, where that may be somebody else. Say it ` +
      "there, or in Slack once a maintainer has linked you in flaky.yaml under `people` (your Slack id: your login).",
  );
}
