import { and, desc, gte, inArray, or } from "drizzle-orm";
import { findings } from "../../db/schema.ts";
import type { Context } from "../features/context.ts";
import { issueOf } from "../features/issues/store.ts";
import { threadOf } from "../features/threads/store.ts";
import { DAY } from "../kernel/clock.ts";
import { FindingId, MessageTs } from "../kernel/ids.ts";
import { receiveComment } from "./github/comment.ts";
import { receiveMessage } from "./slack/talk.ts";

/** Conversations that are looked through in one sweep; Slack allows about fifty such calls a minute. */
const MOST = 20;
/**
 * Only what is younger is taken in: well within the time that the inbox remembers, so that nothing old is taken for
 * new after it was forgotten.
 */
const WINDOW_MS = 7 * DAY;
/** How long after its last change a finding's conversation is still looked through. */
const LIVELY_MS = 14 * DAY;

/**
 * Takes in what people said while the bot was down: comments and thread messages of findings that are alive. What was
 * taken in before is known by its id.
 */
export async function catchUp(deps: Context): Promise<void> {
  const since = new Date(deps.clock.now().getTime() - LIVELY_MS);
  const alive = await deps.db
    .select({ id: findings.id })
    .from(findings)
    .where(
      and(
        inArray(findings.state, ["open", "approved", "fixing", "pending_review", "failed"]),
        or(gte(findings.stateAt, since), gte(findings.lastSeen, since)),
      ),
    )
    .orderBy(desc(findings.stateAt))
    .limit(MOST);
  const { user: bot } = await deps.chat.whoAmI();
  for (const { id } of alive) {
    const finding = FindingId.parse(id);
    await comments(deps, finding);
    await replies(deps, finding, bot);
  }
}

/** Asked for whole: unchanged, the answer is a 304 and costs nothing. */
async function comments(deps: Context, finding: FindingId): Promise<void> {
  const issue = await issueOf(deps.db, finding);
  if (issue === null) return;
  const from = deps.clock.now().getTime() - WINDOW_MS;
  for (const comment of await deps.forge.comments(issue.repo, issue.number, null)) {
    if (comment.createdAt.getTime() < from) continue;
    const { id, author, body, url } = comment;
    await receiveComment(deps, {
      repo: issue.repo,
      issue: issue.number,
      onPull: false,
      id,
      author,
      body,
      url,
    });
  }
}

async function replies(deps: Context, finding: FindingId, bot: string): Promise<void> {
  const thread = await threadOf(deps.db, finding);
  if (thread === null) return;
  const from = (deps.clock.now().getTime() - WINDOW_MS) / 1000;
  const oldest = MessageTs.parse(String(Math.max(Number(thread.ts), from)));
  for (const said of await deps.chat.messages(thread.channel, { thread: thread.ts, oldest })) {
    if (said.user === null || said.botId !== null || said.ts === thread.ts) continue;
    const { user, ts, text } = said;
    await receiveMessage(deps, { bot, channel: thread.channel, user, ts, thread: thread.ts, text });
  }
}
