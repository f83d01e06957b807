import { createHash, randomBytes } from "node:crypto";
import { and, eq } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { linkings, links } from "../../../db/schema.ts";
import { publicUrl } from "../../config/index.ts";
import type { Actor } from "../../kernel/actor.ts";
import { MINUTE } from "../../kernel/clock.ts";
import { UserError } from "../../kernel/errors.ts";
import { ChannelId, ChatUserId, type Login } from "../../kernel/ids.ts";
import { escapeSlack } from "../../kernel/text/escape.ts";
import { record } from "../../platform/audit.ts";
import type { DeviceSignIn, SignInOutcome } from "../../ports/identity.ts";
import type { Context } from "../context.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "config" | "identity" | "chat">;

/** What somebody has to do to be linked: enter a code on the forge, or open a page of the console. */
export type Begun = { code: string | null; url: string; minutes: number };

/** How long a page that links waits to be used. */
const PAGE_MS = 15 * MINUTE;
/** The console's page that links whoever signs in there. */
export const linkPath = (token: string): string => `/link/${token}`;

/**
 * Begins to link a Slack user to the login they prove to have: by a code, whose outcome `link.check` follows to its end,
 * or by a page, where the forge knows no codes. A second begin takes the place of the first.
 * @param expected a login they say is theirs: another one is then refused.
 * @throws UserError where nothing can be linked.
 */
export async function beginLink(
  deps: Deps,
  ask: { user: ChatUserId; channel: ChannelId; expected: string | null },
): Promise<Begun> {
  const configured = deps.config.file.people[ask.user];
  if (configured !== undefined)
    throw new UserError(
      `flaky.yaml says that your login is *${escapeSlack(configured)}*; a maintainer can change it there.`,
    );
  const { identity } = deps;
  if (identity?.device) return beginDevice(deps, identity.device, ask);
  if (identity?.web) return beginPage(deps, ask);
  throw new UserError(
    "I cannot prove who you are: signing in is not set up here (`GITHUB_CLIENT_ID`; on Gitea `GITEA_CLIENT_ID` and " +
      `\`GITEA_CLIENT_SECRET\`). A maintainer can link you in flaky.yaml under \`people\`: \`${ask.user}: your-login\`.`,
  );
}

type Linking = typeof linkings.$inferInsert;

const keepLinking = (tx: Db, row: Linking) =>
  tx.insert(linkings).values(row).onConflictDoUpdate({ target: linkings.chatUser, set: row });

async function beginDevice(
  deps: Deps,
  device: DeviceSignIn,
  { user: chatUser, ...place }: Parameters<typeof beginLink>[1],
): Promise<Begun> {
  const { url, secret, code, expiresAt, intervalMs } = await device.begin();
  const now = deps.clock.now();
  await deps.db.transaction(async (tx) => {
    await keepLinking(tx, { chatUser, ...place, secret, code, expiresAt, intervalMs });
    await deps.queue.send(tx, "link.check", { user: chatUser, code }, { delayMs: intervalMs });
  });
  return { code, url, minutes: Math.round((expiresAt.getTime() - now.getTime()) / MINUTE) };
}

/** Of the page's token only a digest is kept. */
async function beginPage(
  { db, clock, config }: Deps,
  { user: chatUser, ...place }: Parameters<typeof beginLink>[1],
): Promise<Begun> {
  const token = randomBytes(24).toString("base64url");
  const expiresAt = new Date(clock.now().getTime() + PAGE_MS);
  const row = { chatUser, ...place, secret: "", code: tokenDigest(token), intervalMs: 0, expiresAt };
  await keepLinking(db, row);
  return { code: null, url: `${publicUrl(config.env)}${linkPath(token)}`, minutes: PAGE_MS / MINUTE };
}

const tokenDigest = (token: string): string => createHash("sha256").update(token).digest("hex");
const byToken = (token: string) => and(eq(linkings.code, tokenDigest(token)), eq(linkings.secret, ""));

/** Who asked for the page of this token, by what Slack calls them; null where it is unknown, used or too old. */
export async function linkAsker(
  deps: Pick<Deps, "db" | "clock" | "chat">,
  token: string,
): Promise<string | null> {
  const [row] = await deps.db.select().from(linkings).where(byToken(token));
  if (row === undefined || row.expiresAt <= deps.clock.now()) return null;
  const user = ChatUserId.parse(row.chatUser);
  const name = (await deps.chat.person(user).catch(() => null))?.name;
  // names may be chosen, ids may not
  return name === undefined ? user : `${name} (${user})`;
}

/**
 * Links the Slack user who asked for the page of this token to the login that was proven there, once.
 * @returns what came of it, as mrkdwn; null where the page is unknown, used or too old.
 */
export async function linkByPage(
  deps: Deps,
  token: string,
  proven: { login: Login; forge: string },
): Promise<string | null> {
  const now = deps.clock.now();
  const done = await deps.db.transaction(async (tx) => {
    const [row] = await tx.delete(linkings).where(byToken(token)).returning();
    if (row === undefined || row.expiresAt <= now) return null;
    const user = ChatUserId.parse(row.chatUser);
    const text = await settle(deps, tx, { user, expected: row.expected, ...proven });
    return { text, user, channel: ChannelId.parse(row.channel) };
  });
  if (done === null) return null;
  const { text, user, channel } = done;
  // the page says it too
  await deps.chat.whisper(channel, user, { text }, null).catch(() => {});
  return text;
}

/** Asks once for the outcome of a sign-in; while it is open, asks again later. A newer sign-in ends this one. */
export async function checkLink(
  deps: Deps,
  { user, code }: { user: ChatUserId; code: string },
): Promise<void> {
  const mine = and(eq(linkings.chatUser, user), eq(linkings.code, code));
  const [row] = await deps.db.select().from(linkings).where(mine);
  const { device = null, forge = "" } = deps.identity ?? {};
  if (row === undefined || device === null) return;
  const outcome: SignInOutcome =
    row.expiresAt <= deps.clock.now() ? { kind: "ended", why: "expired" } : await device.outcome(row.secret);
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
      : settle(deps, tx, { user, expected: row.expected, login: outcome.login, forge });
  });
  if (text !== null) await deps.chat.whisper(ChannelId.parse(row.channel), user, { text }, null);
}

const ENDED = {
  expired: "The code was not confirmed in time, so you are not linked. `link` begins anew.",
  denied: "You declined, so you are not linked. `link` begins anew.",
} as const;

interface Proven {
  user: ChatUserId;
  expected: string | null;
  login: Login;
  forge: string;
}

async function settle(deps: Deps, tx: Db, { user, expected, login, forge }: Proven): Promise<string> {
  const at = deps.clock.now();
  const wrong = expected !== null && expected.toLowerCase() !== login.toLowerCase();
  const actor: Actor = {
    kind: "person",
    login: wrong ? null : login,
    forge,
    chatUser: user,
    name: login,
    via: "slack",
  };
  const detail = { user, login, expected };
  await record(tx, { at, actor, action: wrong ? "link.refused" : "link", finding: null, detail });
  if (wrong)
    return `On ${forge} you are *${escapeSlack(login)}*, not *${escapeSlack(expected)}*: nothing is linked. \`link\` begins anew.`;
  const values = { login, by: forge, at };
  await tx
    .insert(links)
    .values({ chatUser: user, ...values })
    .onConflictDoUpdate({ target: links.chatUser, set: values });
  return `:link: You are *${escapeSlack(login)}* on ${forge} from now on. \`whoami\` tells what you may do.`;
}
