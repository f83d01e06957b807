import { actsAsCommitter } from "../../features/approvals/rights.ts";
import type { Context } from "../../features/context.ts";
import { takeQuestion } from "../../features/threads/discuss/ask.ts";
import type { ChannelId, ChatUserId, MessageTs } from "../../kernel/ids.ts";
import { findingOfThread, namesForMentions, slackActor } from "./people.ts";

interface Heard {
  /** Our own user. */
  bot: string;
  channel: ChannelId;
  user: ChatUserId;
  ts: MessageTs;
  thread: MessageTs;
  text: string;
}

/** Words in a finding's thread that are no command: where they are put to us, they are a question. */
export async function askedInThread(deps: Context, heard: Heard): Promise<void> {
  const { channel, user, ts, thread } = heard;
  const finding = await findingOfThread(deps.db, channel, thread);
  if (finding === null || !(await putToUs(deps, heard))) return;
  if ((await deps.chat.person(user)).isBot) return;
  const actor = await slackActor(deps, user);
  await takeQuestion(deps, {
    finding: finding.id,
    from: "slack",
    source: `${channel}/${ts}`,
    url: await deps.chat.permalink(channel, ts),
    author: actor.login ?? actor.name,
    trusted: await actsAsCommitter(deps, finding.repo, actor),
    kept: heard.text.trimStart().startsWith("//"),
    text: await namesForMentions(deps, heard.text.replace(mentionOf(heard.bot), "").trim()),
  });
}

/** A mention of us anywhere, or a question that begins with our name: `flaky, why …?`. Quotes and code put nothing to us. */
async function putToUs(deps: Context, { bot, text }: Heard): Promise<boolean> {
  const own = text.replace(/```[\s\S]*?(?:```|$)|`[^`\n]*`/g, "").replace(/^&gt;.*$/gm, "");
  if (mentionOf(bot).test(own)) return true;
  if (!own.includes("?")) return false;
  const me = await deps.chat.person((await deps.chat.whoAmI()).user);
  const name = me.name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^[\\s/]*(?:(?:hey|hi|hello|ok)[\\s,]+)?@?${name}[,:]\\s`, "i").test(own);
}

const mentionOf = (bot: string): RegExp => new RegExp(`<@${bot}(?:\\|[^>]*)?>[,:]?`);
