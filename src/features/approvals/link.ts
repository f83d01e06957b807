import { and, eq } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { linkings, links } from "../../../db/schema.ts";
import type { Actor } from "../../kernel/actor.ts";
import { UserError } from "../../kernel/errors.ts";
import { ChannelId, type ChatUserId, type Login } from "../../kernel/ids.ts";
import { escapeSlack } from "../../kernel/text/escape.ts";
import { record } from "../../platform/audit.ts";
import type { SignInOutcome } from "../../ports/identity.ts";
import type { Context } from "../context.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "config" | "identity" | "chat">;

/**
 * Begins to link a Slack user to the GitHub login they prove to have; `link.check` follows it to its end. A second
 * begin takes the place of the first.
 * @param expected a login they say is theirs: another one is then refused.
 * @throws UserError where nothing can be linked.
 */
export async function beginLink(
  deps: Deps,
  ask: { user: ChatUserId; channel: ChannelId; expected: string | null },
): Promise<{ code: string; url: string; minutes: number }> {
  const configured = deps.config.file.people[ask.user];
  if (configured !== undefined)
    throw new UserError(
      `flaky.yaml says that you are *${escapeSlack(configured)}* on GitHub; a maintainer can change it there.`,
    );
  if (deps.identity === null) {
    throw new UserError(
      `I cannot prove who you are: no GITHUB_CLIENT_ID is set. A maintainer can link you in flaky.yaml under \`people\`: \`${ask.user}: your-login\`.`,
    );
  }
  const begun = await deps.identity.begin();
  const now = deps.clock.now();
  const { user: chatUser, channel, expected } = ask;
  const { secret, code, expiresAt, intervalMs } = begun;
  const row = { channel, expected, secret, code, expiresAt, intervalMs };
  await deps.db.transaction(async (tx) => {
    await tx
      .insert(linkings)
      .values({ chatUser, ...row })
      .onConflictDoUpdate({ target: linkings.chatUser, set: row });
    await deps.queue.send(tx, "link.check", { user: chatUser, code }, { delayMs: intervalMs });
  });
  return { code, url: begun.url, minutes: Math.round((expiresAt.getTime() - now.getTime()) / 60_000) };
}

/** Asks once for the outcome of a sign-in; while it is open, asks again later. A newer sign-in ends this one. */
export async function checkLink(
  deps: Deps,
  { user, code }: { user: ChatUserId; code: string },
): Promise<void> {
  const mine = and(eq(linkings.chatUser, user), eq(linkings.code, code));
  const [row] = await deps.db.select().from(linkings).where(mine);
  if (row === undefined || deps.identity === null) return;
  const outcome: SignInOutcome =
    row.expiresAt <= deps.clock.now()
      ? { kind: "ended", why: "expired" }
      : await deps.identity.outcome(row.secret);
  if (outcome.kind === "pending") {
    const intervalMs = row.intervalMs + (outcome.slower ? 5000 : 0);
    await deps.db.transaction(async (tx) => {
      await tx.update(linkings).set({ intervalMs }).where(mine);
      await deps.queue.send(tx, "link.check", { user, code }, { delayMs: intervalMs });
    });
    return;
  }
  const text = await deps.db.transaction(async (tx) => {
    const gone = await tx.delete(linkings).where(mine).returning({ user: linkings.chatUser });
    if (gone.length === 0) return null;
    return outcome.kind === "ended"
      ? ENDED[outcome.why]
      : settle(deps, tx, user, row.expected, outcome.login);
  });
  if (text !== null) await deps.chat.whisper(ChannelId.parse(row.channel), user, { text }, null);
}

const ENDED = {
  expired: "The code was not confirmed in time, so you are not linked. `link` begins anew.",
  denied: "You declined on GitHub, so you are not linked. `link` begins anew.",
} as const;

async function settle(
  deps: Deps,
  tx: Db,
  user: ChatUserId,
  expected: string | null,
  login: Login,
): Promise<string> {
  const at = deps.clock.now();
  const wrong = expected !== null && expected.toLowerCase() !== login.toLowerCase();
  const actor: Actor = {
    kind: "person",
    login: wrong ? null : login,
    chatUser: user,
    name: login,
    via: "slack",
  };
  const detail = { user, login, expected };
  await record(tx, { at, actor, action: wrong ? "link.refused" : "link", finding: null, detail });
  if (wrong)
    return `On GitHub you are *${escapeSlack(login)}*, not *${escapeSlack(expected)}*: nothing is linked. \`link\` begins anew.`;
  const values = { login, by: "device", at } as const;
  await tx
    .insert(links)
    .values({ chatUser: user, ...values })
    .onConflictDoUpdate({ target: links.chatUser, set: values });
  return `:link: You are *${escapeSlack(login)}* on GitHub from now on. \`whoami\` tells what you may do.`;
}
