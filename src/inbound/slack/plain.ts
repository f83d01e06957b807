import { filesOf, SAID } from "./changes.ts";
import { Message } from "./talk.ts";

interface Plain {
  channel: string;
  user: string;
  ts: string;
  thread_ts?: string;
  text?: string;
}

/** A person's message as it is kept. */
export const heard = (bot: string, event: Plain): Message =>
  Message.parse({
    ...event,
    bot,
    thread: event.thread_ts ?? null,
    text: event.text ?? "",
    files: filesOf(event),
    edited: null,
  });

/** A person's own message: no edit, no join, no bot's. */
export function isPlain(event: object): event is Plain {
  const subtype = "subtype" in event ? event.subtype : undefined;
  return (
    SAID.has(subtype) &&
    !("bot_id" in event && event.bot_id !== undefined) &&
    "user" in event &&
    typeof event.user === "string"
  );
}
