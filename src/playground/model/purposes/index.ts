import { type Answer, type Purpose, UNKNOWN } from "../answer.ts";
import type { Conversation } from "../conversation.ts";
import { address } from "./address.ts";
import { analyse } from "./analyse.ts";
import { classify } from "./classify.ts";
import { discuss } from "./discuss.ts";
import { fix } from "./fix.ts";

const purposes: ReadonlyMap<string, Purpose> = new Map(
  Object.entries({ analyse, classify, discuss, fix, address }),
);

/** The script's answer to a conversation; for a purpose it does not know, that it does not. */
export function answer(conversation: Conversation): Answer {
  const purpose = purposes.get(conversation.purpose ?? "");
  return purpose ? purpose(conversation) : { text: UNKNOWN };
}
