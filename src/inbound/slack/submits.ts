import type { AckFn, ViewOutput, ViewResponseAction, ViewSubmitAction } from "@slack/bolt";
import type { Context } from "../../features/context.ts";
import { nameOf } from "../../features/findings/model.ts";
import { parseFindingRef } from "../../features/findings/resolve.ts";
import { findingById } from "../../features/findings/store.ts";
import { ChatUserId } from "../../kernel/ids.ts";
import { answer } from "./clicks.ts";
import { lacksNote, readDialog } from "./dialogs.ts";
import { tellingFaults } from "./faults.ts";
import { onAsked } from "./shortcuts.ts";
import { type Me, STRANGER } from "./stranger.ts";

interface Submitted {
  body: ViewSubmitAction;
  view: ViewOutput;
  ack: AckFn<ViewResponseAction>;
  /** False where it was said before what came of it. */
  tellFirst: () => Promise<boolean>;
}

/**
 * A dialog was sent off: its command is run as if typed, with the note. One that is none of ours does nothing; one about
 * a finding that has changed since it was opened does nothing either, and says so.
 */
export async function onSubmitted(
  deps: Context,
  me: Me,
  { body, view, ack, tellFirst }: Submitted,
): Promise<void> {
  const sent = readDialog(view);
  const refuse = (words: string) => ack({ response_action: "errors", errors: { note: words } });
  if (body.team?.id !== me.team) {
    await me.refuse("dialog", body);
    return refuse(STRANGER);
  }
  if (sent === null) return refuse("I cannot read this dialog: close it and open it anew.");
  if (lacksNote(sent)) return refuse("Please say it in a few words.");
  await ack();
  const user = ChatUserId.parse(body.user.id);
  const { channel, thread } = sent.place;
  // it may be worked on again after a restart, but what came of it is said once
  const say = async (text: string) => {
    if (await tellFirst()) await deps.chat.whisper(channel, user, { text }, thread);
  };
  await tellingFaults(say, async () => {
    if (sent.kind === "ask") return onAsked(deps, user, view.id, sent);
    await say((await overtaken(deps, sent.place)) ?? (await answer(deps, body.user.id, channel, sent.typed)));
  });
}

/** Says so when a finding is not in the state any more that it had when the dialog was opened; null when it is. */
async function overtaken(
  deps: Context,
  { finding: word, since, command }: { finding: string; since: number; command: string },
): Promise<string | null> {
  const ref = parseFindingRef(word);
  const finding = ref?.kind === "finding" ? await findingById(deps.db, ref.id) : null;
  if (finding === null) return "That finding is gone.";
  if (command === "mute" || finding.stateAt.getTime() === since) return null;
  return `${nameOf(finding)} has moved on since you opened the dialog: it is ${finding.state} now, so nothing is done. Look at its card again.`;
}
