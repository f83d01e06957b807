import type { BlockAction, RespondFn } from "@slack/bolt";
import type { ModalView } from "@slack/types";
import { dispatch } from "../../commands/dispatch.ts";
import type { Context } from "../../features/context.ts";
import { parseFindingRef } from "../../features/findings/resolve.ts";
import { findingById } from "../../features/findings/store.ts";
import { RefusedError } from "../../kernel/errors.ts";
import { ChannelId, MessageTs } from "../../kernel/ids.ts";
import { clampMessage } from "../../ports/chat-limits.ts";
import { commandDialog, dialogOf } from "./dialogs.ts";
import { tellingFaults } from "./faults.ts";
import { reposOfChannel, slackActor } from "./people.ts";
import { type Me, STRANGER } from "./stranger.ts";

/** A button of a card: the same command with the same rights as typed; the answer is for the clicker alone. */
export async function onBlockAction(
  deps: Context,
  me: Me,
  body: BlockAction,
  action: { action_id: string; value?: string | undefined },
  respond: RespondFn,
): Promise<void> {
  const channel = body.channel?.id;
  if (channel === undefined) return;
  const say = async (text: string) => {
    await respond({ response_type: "ephemeral", replace_original: false, ...clampMessage({ text }) });
  };
  if (body.team?.id !== me.team) {
    await me.refuse("click", body);
    return say(STRANGER);
  }
  await tellingFaults(say, () => clicked(deps, body, { ...action, channel }, say));
}

async function clicked(
  deps: Context,
  body: BlockAction,
  action: { action_id: string; value?: string | undefined; channel: string },
  say: (text: string) => Promise<void>,
): Promise<void> {
  const { channel, value: word = "" } = action;
  // buttons for the same command in one message are told apart by a last part
  const name = action.action_id.replace(/^(finding|pull)\./, "").replace(/\..*$/, "");
  const dialog = dialogOf(name);
  // a yes is one click on the card, which shows what it is for
  if (dialog === null || dialog === "approve")
    return say(await answer(deps, body.user.id, channel, `${name} ${word}`));
  const ref = parseFindingRef(word);
  const finding = ref?.kind === "finding" ? await findingById(deps.db, ref.id) : null;
  if (finding === null) return say("That finding is gone.");
  const thread = MessageTs.parse(String(body.message?.thread_ts ?? body.message?.ts ?? "0"));
  const place = { finding: `F${finding.id}`, channel: ChannelId.parse(channel), thread };
  if (!(await opened(deps, body.trigger_id, commandDialog(dialog, place, finding.stateAt))))
    await say(
      `Slack was too slow to open the dialog. Press again, or write \`@flaky ${name}\` in the thread.`,
    );
}

/** Opens a dialog. @returns false where its trigger, which lives three seconds, had run out. */
export async function opened(deps: Context, trigger: string, view: ModalView): Promise<boolean> {
  try {
    await deps.chat.openView(trigger, view);
    return true;
  } catch (error) {
    if (!(error instanceof RefusedError) || !/trigger/.test(error.message)) throw error;
    return false;
  }
}

/** Runs a command as if typed. @returns the answer's text. */
export async function answer(deps: Context, user: string, channel: string, typed: string): Promise<string> {
  const actor = await slackActor(deps, user);
  const repos = await reposOfChannel(deps, channel);
  return (
    await dispatch(deps, { typed, actor, here: null, repos, pull: null, channel: ChannelId.parse(channel) })
  ).text;
}
