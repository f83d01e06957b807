import type { ViewOutput } from "@slack/bolt";
import type { KnownBlock, ModalView } from "@slack/types";
import { z } from "zod";
import { ChannelId, ChatUserId, MessageTs } from "../../kernel/ids.ts";
import { fromJson } from "../../kernel/json.ts";
import { clamp } from "../../kernel/text/clamp.ts";

const FindingWord = z.string().regex(/^F[1-9]\d{0,8}$/);

/** What is asked before a command is run that takes something away, or that is chosen from a menu. */
interface Dialog {
  title: string;
  submit: string;
  says: (finding: string) => string;
  label: string;
  /** A note has to be given. */
  required: boolean;
}

const DIALOGS = {
  approve: {
    title: "Approve the fix",
    submit: "Approve",
    says: (finding) => `A worker writes a fix of *${finding}* and proves it; you review the pull request.`,
    label: "Note for the fixer",
    required: false,
  },
  revoke: {
    title: "Take back approval",
    submit: "Take back",
    says: (finding) => `*${finding}* waits for a decision again. A worker that has begun is not stopped.`,
    label: "Note",
    required: false,
  },
  cancel: {
    title: "Stop the work",
    submit: "Stop it",
    says: (finding) => `The worker of *${finding}* stops within seconds; what it has done is thrown away.`,
    label: "Note",
    required: false,
  },
  mute: {
    title: "Mute",
    submit: "Mute",
    says: (finding) => `*${finding}* is still watched, but nothing is said about it for that long.`,
    label: "Note",
    required: false,
  },
  dismiss: {
    title: "Not flaky",
    submit: "Dismiss",
    says: (finding) => `*${finding}* is dismissed and its issue is closed as not planned.`,
    label: "Why?",
    required: true,
  },
} as const satisfies Record<string, Dialog>;
export type DialogName = keyof typeof DIALOGS;

/** The dialog that stands before a command, by the command's name; null where there is none. */
export const dialogOf = (command: string): DialogName | null =>
  // its own keys
  Object.hasOwn(DIALOGS, command) ? (command as DialogName) : null;

const SPANS = { "12h": "12 hours", "1d": "a day", "7d": "a week", "30d": "30 days" } as const;

/** Where a dialog was opened, and what stood there then; carried through it. */
const Place = z.object({ finding: FindingWord, channel: ChannelId, thread: MessageTs });
export type Place = z.infer<typeof Place>;
const CommandPlace = Place.extend({
  command: z.enum(["approve", "revoke", "cancel", "mute", "dismiss"]),
  /** Since when the finding was in the state that it had, ms since 1970. */
  since: z.int(),
});

/** The dialog before a command: what it does, and a field for a note. */
export function commandDialog(command: DialogName, place: Place, since: Date): ModalView {
  const { title, submit, says, label, required } = DIALOGS[command];
  const spans: KnownBlock[] = command === "mute" ? [spanInput()] : [];
  return modal("command", { title, submit }, { ...place, command, since: since.getTime() }, [
    section(says(place.finding)),
    ...spans,
    textInput({ label, optional: !required, max: 1000 }),
  ]);
}

const AskPlace = Place.extend({
  message: MessageTs,
  /** Who wrote the message that is asked about; null for a bot. */
  author: ChatUserId.nullable(),
  /** What it says, as mrkdwn with names for mentions. */
  text: z.string(),
});

/** The dialog in which somebody asks about a message of a thread. */
export function askDialog(place: z.infer<typeof AskPlace>): ModalView {
  const text = fitting(place.text);
  const quote = clamp(text, 500).replace(/^/gm, "> ");
  return modal("ask", { title: "Ask about this", submit: "Ask" }, { ...place, text }, [
    ...(text.trim() === "" ? [] : [section(quote)]),
    textInput({ label: "What do you want to know?", optional: false, max: 2000 }),
    section(`The answer stands in the thread of *${place.finding}*, for all to see.`),
  ]);
}

/** What a dialog carries is at most 3,000 characters of JSON, in which some signs are six. */
function fitting(text: string): string {
  let cut = clamp(text, 1000);
  while (JSON.stringify(cut).length > 2400) cut = clamp(cut, Math.floor(cut.length / 2));
  return cut;
}

/** What was sent off, read again; null where it is none of ours: then nothing is done. */
export function readDialog(
  view: ViewOutput,
):
  | { kind: "command"; place: z.infer<typeof CommandPlace>; typed: string; note: string }
  | { kind: "ask"; place: z.infer<typeof AskPlace>; question: string }
  | null {
  const values = view.state.values;
  const note = (values.note?.text?.value ?? "").trim();
  const place = fromJson(view.private_metadata);
  if (view.callback_id === "dialog.ask") {
    const asked = AskPlace.safeParse(place);
    return asked.success ? { kind: "ask", place: asked.data, question: note } : null;
  }
  const about = CommandPlace.safeParse(place);
  if (!about.success || view.callback_id !== "dialog.command") return null;
  const { command, finding } = about.data;
  const span = values.span?.span?.selected_option?.value ?? "7d";
  if (command === "mute" && !Object.hasOwn(SPANS, span)) return null;
  const words = [command, finding, ...(command === "mute" ? [span] : []), withoutFlags(note)];
  return { kind: "command", place: about.data, typed: words.join(" ").trim(), note };
}

/** Whether a dialog that was sent off lacks its note. */
export const lacksNote = (sent: NonNullable<ReturnType<typeof readDialog>>): boolean =>
  sent.kind === "ask" ? sent.question === "" : sent.note === "" && DIALOGS[sent.place.command].required;

/** A note is a note: no word of it is a flag. */
const withoutFlags = (note: string): string => note.replace(/(^|\s)(?:--|—)+(?=\S)/g, "$1");

const plain = (text: string) => ({ type: "plain_text" as const, text });
const section = (text: string): KnownBlock => ({ type: "section", text: { type: "mrkdwn", text } });

const modal = (
  kind: "command" | "ask",
  words: { title: string; submit: string },
  place: object,
  blocks: KnownBlock[],
): ModalView => ({
  type: "modal",
  callback_id: `dialog.${kind}`,
  private_metadata: JSON.stringify(place),
  title: plain(words.title),
  submit: plain(words.submit),
  close: plain("Cancel"),
  blocks,
});

const textInput = (field: { label: string; optional: boolean; max: number }): KnownBlock => ({
  type: "input",
  block_id: "note",
  optional: field.optional,
  label: plain(field.label),
  element: { type: "plain_text_input", action_id: "text", multiline: true, max_length: field.max },
});

function spanInput(): KnownBlock {
  const options = Object.entries(SPANS).map(([value, words]) => ({ value, text: plain(words) }));
  const initial = options.find(({ value }) => value === "7d");
  return {
    type: "input",
    block_id: "span",
    label: plain("For how long?"),
    element: {
      type: "static_select",
      action_id: "span",
      options,
      ...(initial === undefined ? {} : { initial_option: initial }),
    },
  };
}
