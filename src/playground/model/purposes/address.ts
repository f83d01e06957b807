import { type Purpose, signed, UNKNOWN } from "../answer.ts";
import type { Conversation } from "../conversation.ts";
import { testBody } from "../lines.ts";
import { type Edit, type Pattern, remedied } from "../patterns/index.ts";
import { replay, type Script } from "../replay.ts";
import { reviewComments, type Wish, wishOf } from "../review.ts";
import { applyEdits, handIn, openTest, runTest } from "./workbench.ts";

interface Reaction {
  /** Null where nothing in the file is to change. */
  edit: Edit | null;
  reply: string;
}

/** The line with the pattern's remedy, and before it as many lines as make the whole stand once in the file. */
function remedyIn(file: string, body: string, { remedy }: Pattern): string[] | null {
  const lines = (remedy.test(body) ? body : file).split("\n");
  const at = lines.findIndex((line) => remedy.test(line));
  const starts = Array.from({ length: at + 1 }, (_, back) => at - back);
  const start = starts.find((from) => file.split(lines.slice(from, at + 1).join("\n")).length === 2);
  return start === undefined ? null : lines.slice(start, at + 1);
}

/** Puts the pattern's reason above the line that has its remedy. */
function sayWhy(file: string, body: string, pattern: Pattern): Reaction {
  if (file.includes(pattern.why)) return { edit: null, reply: "The comment above that line says so now." };
  const found = remedyIn(file, body, pattern);
  if (!found) return { edit: null, reply: "I could not tell which line you mean." };
  const line = found.at(-1) ?? "";
  const indent = /^\s*/.exec(line)?.[0] ?? "";
  const commented = [...found.slice(0, -1), `${indent}// ${pattern.why}`, line];
  const edit = { old: found.join("\n"), new: commented.join("\n") };
  return { edit, reply: `Done: a comment above it says why: "${pattern.why}"` };
}

/** Writes `to` for `from` in the test's own code. */
function replaceIn(file: string, body: string, wish: Wish & { from: string; to: string }): Reaction {
  const word = wish.kind === "rename" ? new RegExp(`\\b${wish.from}\\b`, "g") : wish.from;
  const changed = body.replaceAll(word, () => wish.to);
  if (changed === body || file.split(body).length !== 2) {
    return { edit: null, reply: `I found no \`${wish.from}\` in this test, so nothing changed.` };
  }
  return { edit: { old: body, new: changed }, reply: `Done: \`${wish.to}\` in place of \`${wish.from}\`.` };
}

function react(text: string, file: string, body: string, pattern: Pattern): Reaction {
  const wish = wishOf(text);
  if (wish.kind === "say why") return sayWhy(file, body, pattern);
  if (wish.kind !== "other") return replaceIn(file, body, wish);
  return {
    edit: null,
    reply:
      "I am a script: I can add a word on why, rename, or put one thing for another. This needs a person.",
  };
}

function* addressScript({ material }: Conversation, test: string): Script {
  const file = yield* openTest(test);
  if ("stop" in file) return file.stop;
  const pattern = remedied(file.text, testBody(file.text, test));
  if (!pattern) return UNKNOWN;

  let text = file.text;
  const edits: Edit[] = [];
  const replies: { comment_id: number; text: string }[] = [];
  for (const comment of reviewComments(material)) {
    const { edit, reply } = react(comment.text, text, testBody(text, test), pattern);
    if (edit) {
      edits.push(edit);
      text = text.replace(edit.old, () => edit.new);
    }
    if (comment.id !== null) replies.push({ comment_id: comment.id, text: signed(reply) });
  }
  if (edits.length > 0) {
    const stopped = (yield* applyEdits(file.path, edits)) ?? (yield* runTest(test));
    if (stopped) return stopped.stop;
  }
  const change = edits.length === 0 ? "Nothing changed." : `What the review asked for, in ${file.path}.`;
  const mechanism = signed(`As before: ${pattern.interleaving} Now ${pattern.now}`);
  const refused = yield* handIn(test, { mechanism, change, product_at_fault: false, replies });
  if (refused) return refused.stop;
  return signed("Done: each comment has its reply.");
}

/** Does what the review comments in the prompt ask for, where it can, and replies to each. */
export const address: Purpose = (conversation) =>
  conversation.test === null
    ? { text: UNKNOWN }
    : replay(addressScript(conversation, conversation.test), conversation);
