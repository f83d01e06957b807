import type { MessageShortcut, RespondFn } from "@slack/bolt";
import { actsAsCommitter } from "../../features/approvals/rights.ts";
import type { Context } from "../../features/context.ts";
import { parseFindingRef } from "../../features/findings/resolve.ts";
import { takeQuestion } from "../../features/threads/discuss/ask.ts";
import { ChannelId, ChatUserId, MessageTs } from "../../kernel/ids.ts";
import { escapeSlack } from "../../kernel/text/escape.ts";
import { answer, opened } from "./clicks.ts";
import { askDialog, commandDialog, type readDialog } from "./dialogs.ts";
import { tellingFaults } from "./faults.ts";
import { findingOfThread, namesForMentions, slackActor } from "./people.ts";
import { type Me, STRANGER } from "./stranger.ts";

/** What a message's menu offers, by callback id: in threads there are no slash commands. */
export const SHORTCUTS = {
  "thread.approve": "Approve fix",
  "thread.explain": "Explain this flake",
  "thread.ask": "Ask about this",
} as const;

/** Somebody chose one from the menu of a message. */
export async function onShortcut(
  deps: Context,
  me: Me,
  shortcut: MessageShortcut,
  respond: RespondFn,
): Promise<void> {
  if (shortcut.team?.id !== me.team) {
    await me.refuse("shortcut", shortcut);
    await respond({ response_type: "ephemeral", replace_original: false, text: STRANGER });
    return;
  }
  const { message } = shortcut;
  const channel = ChannelId.parse(shortcut.channel.id);
  const user = ChatUserId.parse(shortcut.user.id);
  const ts = MessageTs.parse(shortcut.message_ts);
  const thread = MessageTs.parse(String(message.thread_ts ?? ts));
  const say = (text: string) => deps.chat.whisper(channel, user, { text }, thread);
  await tellingFaults(say, () => chosen(deps, shortcut, { channel, user, ts, thread }, say));
}

async function chosen(
  deps: Context,
  { callback_id: name, message, trigger_id: trigger }: MessageShortcut,
  at: { channel: ChannelId; user: ChatUserId; ts: MessageTs; thread: MessageTs },
  say: (text: string) => Promise<void>,
): Promise<void> {
  const { channel, user, ts, thread } = at;
  const finding = await findingOfThread(deps.db, channel, thread);
  if (finding === null)
    return say("This message stands in no finding's thread. `@flaky list` shows what there is.");
  const place = { finding: `F${finding.id}`, channel, thread };
  if (name === "thread.explain") return say(await answer(deps, user, channel, `explain ${place.finding}`));
  const author = message.user === undefined ? null : ChatUserId.parse(message.user);
  const view =
    name === "thread.approve"
      ? commandDialog("approve", place, finding.stateAt)
      : askDialog({ ...place, message: ts, author, text: await namesForMentions(deps, message.text ?? "") });
  if (!(await opened(deps, trigger, view)))
    await say("Slack was too slow to open the dialog. Choose it again, or mention me here.");
}

type Asked = Extract<ReturnType<typeof readDialog>, { kind: "ask" }>;

/** A question about a message was sent off: it is shown in the thread, and answered there. */
export async function onAsked(
  deps: Context,
  user: ChatUserId,
  dialog: string,
  { place, question }: Asked,
): Promise<void> {
  const ref = parseFindingRef(place.finding);
  const finding = await findingOfThread(deps.db, place.channel, place.thread);
  if (ref?.kind !== "finding" || finding?.id !== ref.id) return;
  const actor = await slackActor(deps, user);
  const url = await deps.chat.permalink(place.channel, place.message);
  // words of somebody else stand in the question: they get no more weight than their author has
  const own = place.author === user || place.text.trim() === "";
  await takeQuestion(deps, {
    finding: finding.id,
    from: "slack",
    source: `dialog/${dialog}`,
    url,
    author: actor.login ?? actor.name,
    trusted: own && (await actsAsCommitter(deps, finding.repo, actor)),
    kept: false,
    text: place.text.trim() === "" ? question : `${question}\n\nAsked about this message:\n${place.text}`,
    shown: {
      ...{ channel: place.channel, thread: place.thread },
      text: `:question: *${escapeSlack(actor.name)}* asks about <${url}|this message>:\n${escapeSlack(question).replace(/^/gm, "> ")}`,
    },
  });
}
