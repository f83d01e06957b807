import { controlsOf } from "../blocks/check.ts";
import type { Block, Control } from "../blocks/schema.ts";
import type { Answer, Channel, Ephemeral, Message, View } from "../model.ts";
import { shown } from "../reading.ts";
import { shownView } from "../views.ts";
import { type Acting, failureWord } from "./commands.ts";
import { channelRef, payloadBase } from "./payload.ts";
import { actionOf, type Given, stateOf, stateValues } from "./state.ts";

/** What people picked in messages and modals, by place, block and action. */
export type Picks = Map<string, Given>;
export const pickKey = (place: string, blockId: string, actionId: string): string =>
  `${place}/${blockId}/${actionId}`;

interface Found {
  blocks: Block[];
  channel?: Channel;
  message?: Message;
  note?: Ephemeral;
  view?: View;
}

/**
 * Presses or picks a control of a message (its ts) or modal (its view id), named by action id or by the
 * button's text. Throws when there is no such control for this person.
 */
export async function click(
  acting: Acting,
  picks: Picks,
  userId: string,
  target: string,
  control: string,
  given?: Given,
): Promise<Answer> {
  const { world, sender } = acting;
  const found = findBlocks(acting, userId, target);
  const hit = findControl(found.blocks, control);
  if (!hit) throw new Error(`${target} has no control "${control}"`);
  const place = found.view?.id ?? target;
  if (given !== undefined && stateOf(hit.control, given)) {
    picks.set(pickKey(place, hit.block.block_id ?? "", hit.control.action_id ?? ""), given);
  }
  const values = stateValues(found.blocks, (block, action) => picks.get(pickKey(place, block, action)));
  const base = payloadBase(world, acting.triggers, userId);
  const payload = {
    type: "block_actions",
    ...base,
    ...surfaceOf(acting, found, values),
    ...(found.view ? {} : { state: { values }, response_url: responseUrl(acting, userId, found) }),
    actions: [actionOf(hit.block, hit.control, given, world.ids.ts())],
  };
  const outcome = await sender.send({ kind: "action", type: "block_actions", payload });
  if (outcome.error && found.channel) {
    world.whisper({
      channel: found.channel.id,
      user: userId,
      from: "slackbot",
      text: `That action failed with the error "${failureWord(outcome)}"`,
      ...threadOf(found),
    });
  }
  world.onChange();
  return { status: outcome.status, body: outcome.body, ms: outcome.ms };
}

function findBlocks({ world }: Acting, userId: string, target: string): Found {
  const view = world.views.find((one) => one.id === target && one.user === userId);
  if (view) return { blocks: view.blocks, view };
  const note = world.ephemerals.find((one) => one.ts === target && one.user === userId);
  if (note) return { blocks: note.blocks ?? [], note, channel: world.mustChannel(note.channel) };
  const located = world.locate(target);
  if (!located) throw new Error(`There is no message or modal ${target} for ${userId}`);
  return { blocks: located.message.blocks ?? [], ...located };
}

function findControl(blocks: Block[], name: string): { block: Block; control: Control } | undefined {
  const all = blocks.flatMap((block) => controlsOf(block).map((control) => ({ block, control })));
  return (
    all.find(({ control }) => control.action_id === name) ??
    all.find(({ control }) => control.type === "button" && control.text.text === name)
  );
}

function threadOf(found: Found): { threadTs?: string } {
  const threadTs = found.note?.threadTs ?? found.message?.thread_ts;
  return threadTs && threadTs !== found.message?.ts ? { threadTs } : {};
}

function surfaceOf({ world }: Acting, found: Found, values: ReturnType<typeof stateValues>) {
  const { channel, message, note, view } = found;
  if (view) {
    return { container: { type: "view", view_id: view.id }, view: shownView(world, view, values) };
  }
  if (!channel) return {};
  const thread = note?.threadTs ?? message?.thread_ts;
  return {
    container: {
      type: "message",
      message_ts: note?.ts ?? message?.ts,
      channel_id: channel.id,
      is_ephemeral: note !== undefined,
      ...(thread ? { thread_ts: thread } : {}),
    },
    channel: channelRef(channel),
    // Slack leaves the message out when only one person sees it.
    ...(message ? { message: shown(world, channel.id, message) } : {}),
  };
}

function responseUrl(acting: Acting, user: string, found: Found): string {
  const messageTs = found.note?.ts ?? found.message?.ts ?? "";
  const channel = found.channel;
  if (!channel) return "";
  return acting.responses.create({ channel, user, messageTs, ...threadOf(found) }, "actions");
}

/** Chooses a shortcut from a message's menu. */
export async function messageShortcut(
  acting: Acting,
  userId: string,
  messageTs: string,
  callbackId: string,
): Promise<Answer> {
  const { world } = acting;
  const located = world.locate(messageTs);
  if (!located) throw new Error(`There is no message ${messageTs}`);
  const { channel, message } = located;
  const payload = {
    type: "message_action",
    ...payloadBase(world, acting.triggers, userId),
    callback_id: callbackId,
    action_ts: world.ids.ts(),
    message_ts: message.ts,
    channel: channelRef(channel),
    message: shown(world, channel.id, message),
    response_url: responseUrl(acting, userId, { blocks: [], channel, message }),
  };
  const outcome = await acting.sender.send({ kind: "shortcut", type: "message_action", payload });
  if (outcome.error) {
    world.whisper({
      channel: channel.id,
      user: userId,
      from: "slackbot",
      text: `That shortcut failed with the error "${failureWord(outcome)}"`,
    });
  }
  return { status: outcome.status, body: outcome.body, ms: outcome.ms };
}
