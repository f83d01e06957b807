/** Something a reviewer asked for; `id` is null for a note that needs no reply of its own. */
export interface ReviewComment {
  id: number | null;
  text: string;
}

/** How prompts number comments, the plainest first; the other counts only where that finds nothing. */
const HEADS: readonly RegExp[] = [
  /<comment id="(\d{1,15})"[^>\n]*>/g,
  /^\W*(?:comment(?:[_ ]?id)?|id)["']?\s*[:=#]?\s*["'`#]?(\d{1,15})\b/gim,
];
/** What may follow a comment's words: the code it stands on, or the next part of the prompt. */
const END = /<\/comment>|^On:$|^#{1,3} |^diff --git/im;
const NOTE = /\bnote["']?\s*[:=]\s*(.+)/gi;
const MOST = 1000;

/** The review comments that a prompt lists, each from its id to the next one's; a person's last note where it lists none. */
export function reviewComments(material: string): ReviewComment[] {
  const heads = HEADS.map((head) => [...material.matchAll(head)]).find((found) => found.length > 0) ?? [];
  const comments = heads.map((head, index) => {
    const rest = material.slice(head.index + head[0].length, heads[index + 1]?.index);
    const end = rest.search(END);
    return {
      id: Number(head[1]),
      text: rest.slice(0, end === -1 ? MOST : Math.min(end, MOST)).trim(),
    };
  });
  if (comments.length > 0) return [...new Map(comments.map((comment) => [comment.id, comment])).values()];
  const note = [...material.matchAll(NOTE)].at(-1)?.[1];
  return note === undefined ? [] : [{ id: null, text: note }];
}

/** What the script understands of a comment. */
export type Wish =
  | { kind: "say why" }
  | { kind: "rename" | "swap"; from: string; to: string }
  | { kind: "other" };

const RENAME = /\brename\s+[`"']?(\w+)[`"']?\s+(?:to|into|as)\s+[`"']?(\w+)/i;
const SWAP =
  /\buse\s+(?:`([^`]+)`|(\S+))\s+(?:instead of|rather than|in place of|not)\s+(?:`([^`]+)`|(\S+?)[.,;!]?(?:\s|$))/i;
const WHY = /\bcomment\b|\bwhy\b|\bexplain\b|\bname the\b|\bsay what\b/i;

/** Reads a comment's wish: a rename, one thing in place of another, or a word on why the code is there. */
export function wishOf(text: string): Wish {
  const rename = RENAME.exec(text);
  if (rename) return { kind: "rename", from: rename[1] ?? "", to: rename[2] ?? "" };
  const swap = SWAP.exec(text);
  if (swap) return { kind: "swap", to: swap[1] ?? swap[2] ?? "", from: swap[3] ?? swap[4] ?? "" };
  return WHY.test(text) ? { kind: "say why" } : { kind: "other" };
}
