import type { Conversation } from "./conversation.ts";

/** A tool the script wants used. */
export interface Call {
  name: string;
  args: Record<string, unknown>;
}

/** What the script answers: text, or one tool to use. */
export type Answer = { text: string } | { call: Call };

/** Works out the answer to one kind of request. */
export type Purpose = (conversation: Conversation) => Answer;

const NOTE = "(scripted playground model)";

/** Text for people, with the note that says who wrote it. */
export const signed = (text: string): string => `${text} ${NOTE}`;

/** Said wherever the script does not know what it sees. */
export const UNKNOWN = signed("I am a script and know only the playground's repository.");
