import type { Db } from "../../../db/client.ts";
import { loginOf } from "../../features/approvals/people.ts";
import type { Context } from "../../features/context.ts";
import type { Finding } from "../../features/findings/model.ts";
import { findingById } from "../../features/findings/store.ts";
import { threadAt } from "../../features/threads/store.ts";
import type { Actor } from "../../kernel/actor.ts";
import { ChatUserId, FindingId, type RepoName } from "../../kernel/ids.ts";
import { escapeSlack } from "../../kernel/text/escape.ts";

type PersonActor = Extract<Actor, { kind: "person" }>;

/** A Slack user as an actor: with the login they are linked to, if any. */
export async function slackActor(deps: Context, user: string): Promise<PersonActor> {
  const chatUser = ChatUserId.parse(user);
  const known = await loginOf(deps, chatUser);
  const { name } = await deps.chat.person(chatUser);
  const { login, forge } = known ?? { login: null, forge: null };
  return { kind: "person", login, forge: forge ?? onlyForge(deps), chatUser, name, via: "slack" };
}

/** The forge of all repositories; null where there are several. */
function onlyForge({ config, forge }: Pick<Context, "config" | "forge">): string | null {
  const [one = null, ...more] = new Set(config.file.repos.map(({ write }) => forge.name(write)));
  return more.length === 0 ? one : null;
}

/** Repositories whose channel this is; all of them where it is none's. */
export async function reposOfChannel(deps: Context, channel: string): Promise<RepoName[]> {
  const found: RepoName[] = [];
  for (const repo of deps.config.file.repos) {
    const id = await deps.chat.channel(repo.channel).catch(() => null);
    if (id === channel) found.push(repo.source);
  }
  return found.length > 0 ? found : deps.config.file.repos.map((repo) => repo.source);
}

/** The finding whose thread this is. */
export async function findingOfThread(
  db: Db,
  channel: string,
  thread: string | null,
): Promise<Finding | null> {
  const row = thread === null ? null : await threadAt(db, channel, thread);
  return row === null ? null : findingById(db, FindingId.parse(row.findingId));
}

const MENTION = /<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g;

/** Slack mentions in a text as names: the login of whoever is linked, else what the person is called in Slack. */
export async function namesForMentions(deps: Context, text: string): Promise<string> {
  const users = new Set([...text.matchAll(MENTION)].map((match) => match[1] ?? ""));
  const names = new Map<string, string>();
  for (const user of users) {
    const id = ChatUserId.parse(user);
    const login = (await loginOf(deps, id))?.login ?? null;
    const person = login === null ? await deps.chat.person(id).catch(() => null) : null;
    names.set(user, escapeSlack(login ?? person?.name ?? user));
  }
  return text.replace(MENTION, (_, user: string) => `@${names.get(user) ?? user}`);
}
