import type { BlockAction, RespondFn, SlackViewAction, ViewOutput } from "@slack/bolt";
import type { ModalView } from "@slack/types";
import { z } from "zod";
import { dispatch } from "../../commands/dispatch.ts";
import type { Context } from "../../features/context.ts";
import { ChannelId, ChatUserId, MessageTs } from "../../kernel/ids.ts";
import { reposOfChannel, slackActor } from "./people.ts";

/** Where a modal was opened from, carried through it. */
const Place = z.object({ finding: z.string(), channel: ChannelId, thread: MessageTs });

/** A button of a card: the same command with the same rights as typed; the answer is for the clicker alone. */
export async function onBlockAction(
  deps: Context,
  me: { team: string },
  body: BlockAction,
  action: { action_id: string; value?: string | undefined },
  respond: RespondFn,
): Promise<void> {
  const channel = body.channel?.id;
  const finding = action.value ?? "";
  if (channel === undefined || body.team?.id !== me.team) return;
  // buttons for the same command in one message are told apart by a last part
  const name = action.action_id.replace(/^(finding|pull)\./, "").replace(/\..*$/, "");
  if (name === "dismiss") {
    const place = { finding, channel, thread: String(body.message?.ts ?? "") };
    await deps.chat.openView(body.trigger_id, dismissModal(place));
    return;
  }
  const typed = name === "mute" ? `mute ${finding} 7d` : `${name} ${finding}`;
  const text = await answer(deps, body.user.id, channel, typed);
  await respond({ response_type: "ephemeral", replace_original: false, text });
}

/** The modal behind "Not flaky": asks for the reason before anything is closed. */
function dismissModal(place: { finding: string; channel: string; thread: string }): ModalView {
  return {
    type: "modal",
    callback_id: "finding.dismiss",
    private_metadata: JSON.stringify(place),
    title: { type: "plain_text", text: "Not flaky" },
    submit: { type: "plain_text", text: "Dismiss" },
    close: { type: "plain_text", text: "Cancel" },
    blocks: [
      {
        type: "section",
        text: {
          type: "mrkdwn",
          text: `*${place.finding}* is dismissed and its issue is closed as not planned.`,
        },
      },
      {
        type: "input",
        block_id: "why",
        label: { type: "plain_text", text: "Why?" },
        element: { type: "plain_text_input", action_id: "reason", multiline: true, max_length: 1000 },
      },
    ],
  };
}

/** The modal was sent off. */
export async function onDismissed(deps: Context, body: SlackViewAction, view: ViewOutput): Promise<void> {
  const place = Place.parse(JSON.parse(view.private_metadata));
  const reason = view.state.values.why?.reason?.value ?? "";
  const text = await answer(deps, body.user.id, place.channel, `dismiss ${place.finding} ${reason}`);
  await deps.chat.whisper(place.channel, ChatUserId.parse(body.user.id), { text }, place.thread);
}

async function answer(deps: Context, user: string, channel: string, typed: string): Promise<string> {
  const actor = await slackActor(deps, user);
  const repos = await reposOfChannel(deps, channel);
  return (
    await dispatch(deps, { typed, actor, here: null, repos, pull: null, channel: ChannelId.parse(channel) })
  ).text;
}
