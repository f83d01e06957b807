import { and, asc, gte, ne, or } from "drizzle-orm";
import { z } from "zod";
import { findings } from "../../db/schema.ts";
import type { Context } from "../features/context.ts";
import { issueOf } from "../features/issues/store.ts";
import { noteCardGone } from "../features/threads/gone.ts";
import { mendCopies } from "../features/threads/mend.ts";
import { relayedSince, type Side } from "../features/threads/relayed.ts";
import { formerThreadsOf, threadOf } from "../features/threads/store.ts";
import { DAY } from "../kernel/clock.ts";
import { RefusedError } from "../kernel/errors.ts";
import { type ChannelId, FindingId, MessageTs } from "../kernel/ids.ts";
import { redact } from "../kernel/text/redact.ts";
import { readSetting, writeSetting } from "../platform/settings.ts";
import type { PostedMessage } from "../ports/chat.ts";
import type { ForgeComment } from "../ports/forge.ts";
import { type Comment, microsOf, receiveComments } from "./github/comment.ts";
import { receiveCommentGone } from "./github/comment-gone.ts";
import { receiveMessageGone } from "./slack/changes.ts";
import { type Message, receiveMessages } from "./slack/talk.ts";

/** Conversations that are looked through in one sweep; Slack allows about fifty such calls a minute. */
const MOST = 20;
/**
 * Only what is younger is taken in: well within the time that the inbox remembers, so that nothing old is taken for
 * new after it was forgotten.
 */
const WINDOW_MS = 7 * DAY;
/** A listing this long may have been cut: what it lacks need not be gone. */
const WHOLE = 2500;
/** How long after its last change a finding's conversation is still looked through. */
const LIVELY_MS = 14 * DAY;

/**
 * Takes in what people said while the bot was down: comments and thread messages of findings that people may still talk about, their
 * edits and deletions. What was taken in before is known by its id. Then what should stand on the other side and does
 * not is written again.
 */
export async function catchUp(deps: Context): Promise<void> {
  const { user: bot } = await deps.chat.whoAmI();
  for (const finding of await nextInTurn(deps)) {
    await comments(deps, finding);
    await replies(deps, finding, bot);
    await mendCopies(deps, finding, new Date(deps.clock.now().getTime() - WINDOW_MS));
  }
}

/** Findings that people may still talk about, in turns: as many at a time as may be asked for, those behind the last one first. */
async function nextInTurn({ db, clock }: Pick<Context, "db" | "clock">): Promise<FindingId[]> {
  const since = new Date(clock.now().getTime() - LIVELY_MS);
  const alive = await db
    .select({ id: findings.id })
    .from(findings)
    .where(and(ne(findings.state, "new"), or(gte(findings.stateAt, since), gte(findings.lastSeen, since))))
    .orderBy(asc(findings.id));
  const last = (await readSetting(db, TURN, z.int())) ?? 0;
  const ids = alive.map(({ id }) => FindingId.parse(id));
  const turn = [...ids.filter((id) => id > last), ...ids.filter((id) => id <= last)].slice(0, MOST);
  if (ids.length > MOST) await writeSetting(db, clock, TURN, turn.at(-1) ?? 0);
  return turn;
}

/** Where the last one of a turn is kept. */
const TURN = "catch-up";

/** Asked for whole: unchanged, the answer is a 304 and costs nothing. */
async function comments(deps: Context, finding: FindingId): Promise<void> {
  const issue = await issueOf(deps.db, finding);
  if (issue === null) return;
  const { repo, number } = issue;
  const from = deps.clock.now().getTime() - WINDOW_MS;
  // asked before the listing: what comes in meanwhile is not missed in it
  const known = await standing(deps, finding, "github");
  const listed = await deps.forge.comments(repo, number, null);
  const taken: Comment[] = [];
  for (const comment of listed) {
    const recent = comment.createdAt.getTime() >= from;
    if (comment.author.endsWith("[bot]")) continue;
    if (recent) taken.push(heard(comment, null));
    // GitHub's times have whole seconds: an edit of the first second shows in the text alone
    const said = known.get(`comment/${comment.id}`);
    const edited =
      comment.updatedAt > comment.createdAt || (said !== undefined && said !== redact(comment.body));
    // what it said before is not known, so no command in it is new
    if (edited && comment.updatedAt.getTime() >= from && (recent || said !== undefined))
      taken.push(heard(comment, comment.body));
  }
  await receiveComments(deps, taken);
  if (listed.length >= WHOLE) return;
  for (const comment of listed) known.delete(`comment/${comment.id}`);
  for (const source of known.keys()) {
    const id = Number(source.replace("comment/", ""));
    if ((await deps.forge.oneComment(repo, id)) !== null) continue;
    const version = microsOf(deps.clock.now());
    await receiveCommentGone(deps, { repo, issue: number, id, version, byBot: false });
  }

  function heard(
    { id, author, body, url, createdAt, updatedAt }: ForgeComment,
    before: string | null,
  ): Comment {
    const own = updatedAt.getTime() === createdAt.getTime();
    const version = microsOf(updatedAt);
    return { repo, issue: number, onPull: false, id, author, body, url, version, before, own };
  }
}

/** Of the finding's thread, and of those whose card was deleted. */
async function replies(deps: Context, finding: FindingId, bot: string): Promise<void> {
  const thread = await threadOf(deps.db, finding);
  if (thread === null) return;
  const from = (deps.clock.now().getTime() - WINDOW_MS) / 1000;
  const known = await standing(deps, finding, "slack");
  let whole = true;
  const places = [thread, ...(await formerThreadsOf(deps.db, finding))];
  for (const { channel, ts: root } of places) {
    const listed = await listedIn(deps, channel, root, from);
    const isThere = listed?.some((said) => said.ts === root) === true;
    if (root === thread.ts && !isThere && (listed === null || Number(root) >= from))
      await noteCardGone(deps, { channel, ts: root, at: deps.clock.now() });
    const taken: Message[] = [];
    for (const said of listed ?? []) {
      known.delete(`${channel}/${said.ts}`);
      if (said.user === null || said.botId !== null || said.ts === root) continue;
      const { user, ts, text, files, edited } = said;
      const message = { bot, channel, user, ts, thread: root, text, files };
      taken.push({ ...message, edited: null });
      if (edited !== null) taken.push({ ...message, edited });
    }
    await receiveMessages(deps, taken);
    whole &&= listed !== null && listed.length < WHOLE;
  }
  if (!whole) return;
  const { channel, ts: root } = thread;
  const at = MessageTs.parse((deps.clock.now().getTime() / 1000).toFixed(6));
  for (const source of known.keys()) {
    const ts = MessageTs.parse(source.slice(channel.length + 1));
    if (Number(ts) < from || !source.startsWith(`${channel}/`)) continue;
    await receiveMessageGone(deps, { channel, thread: root, ts, at, byBot: false });
  }
}

/** A thread's messages; null where nothing of it is left. */
async function listedIn(
  deps: Context,
  channel: ChannelId,
  thread: MessageTs,
  from: number,
): Promise<PostedMessage[] | null> {
  const oldest = MessageTs.parse(String(Math.max(Number(thread), from)));
  try {
    return await deps.chat.messages(channel, { thread, oldest });
  } catch (error) {
    if (error instanceof RefusedError && error.status === 404) return null;
    throw error;
  }
}

/** Messages of one side, first heard of within the window, that are not known to be deleted, and what they said last. */
async function standing(deps: Context, finding: FindingId, side: Side): Promise<Map<string, string>> {
  const since = new Date(deps.clock.now().getTime() - WINDOW_MS);
  const heard = await relayedSince(deps.db, finding, since);
  return new Map(
    heard
      .filter((row) => row.from === side && row.state !== "deleted")
      .map(({ source, text }) => [source, text]),
  );
}
