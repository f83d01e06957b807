/** The words of a command, or why they are none. */
export type Parsed =
  | { kind: "command"; name: string; args: string[]; flags: Set<string>; text: string }
  | { kind: "empty" };

/** Phones make one long dash of two. */
const FLAG = /^(?:--|—)([a-z].*)$/i;

/**
 * Splits what a person typed into a command's name, its arguments and `--flags`. Pure, and the same for the slash
 * command, mentions, buttons and comments. `text` is all behind the name as it was written.
 */
export function parseCommand(typed: string): Parsed {
  const words = typed.trim().split(/\s+/).filter(Boolean);
  const [name, ...rest] = words;
  if (name === undefined) return { kind: "empty" };
  return {
    kind: "command",
    name: name.toLowerCase().replace(/[:,.!?]+$/, ""),
    args: rest.filter((word) => !FLAG.test(word)),
    flags: new Set(rest.flatMap((word) => FLAG.exec(word)?.[1]?.toLowerCase() ?? [])),
    text: typed.trim().slice(name.length).trim(),
  };
}

const COMMENT_COMMAND = /^\/(flaky|ai-fix)(?:[ \t]+(.*))?$/;
const BEGINS = /^\/(?:flaky|ai-fix)(?=[ \t]|$)/;
/** What GitHub does not show, or shows as code or as somebody else's words. */
const NOT_SAID = /<!--[\s\S]*?(?:-->|$)|<(pre|code|blockquote|details)\b[\s\S]*?(?:<\/\1\s*>|$)/gi;
/** Code between back ticks, which may go over lines but not over a blank one; a backslash makes a tick one of the text. */
const CODE_SPAN = /\\`|(?<!`)(`+)(?!`)(?:[^\n]|\n(?!\s*\n))*?(?<!`)\1(?!`)/g;

/** Commands in a GitHub comment: lines that begin with `/flaky` or `/ai-fix`, outside code, quotes and what is hidden. */
export function commandsInComment(body: string): string[] {
  const text = withoutFences(body.replaceAll("\r\n", "\n"));
  // code first, each sign of it for one: a tag that stands in it hides nothing
  const masked = text.replace(CODE_SPAN, (code) => "x".repeat(code.length));
  const hidden = [...masked.matchAll(NOT_SAID)].map(({ 0: { length }, index }) => ({ from: index, length }));
  const shown = without(text, hidden);
  const found: string[] = [];
  let from = 0;
  for (const line of without(masked, hidden).split("\n")) {
    const match = BEGINS.test(line) ? COMMENT_COMMAND.exec(shown.slice(from, from + line.length)) : null;
    from += line.length + 1;
    if (match === null) continue;
    const words = (match[2] ?? "").trim();
    found.push(match[1] === "ai-fix" ? `approve ${words}`.trim() : words);
  }
  return found;
}

/** A text without some ranges of it, which come in order. */
function without(text: string, ranges: readonly { from: number; length: number }[]): string {
  let out = "";
  let at = 0;
  for (const { from, length } of ranges) {
    out += text.slice(at, from);
    at = from + length;
  }
  return out + text.slice(at);
}

/** A text without its blocks of code, which end at their own kind of fence, as long as the one that began them. */
function withoutFences(text: string): string {
  const out: string[] = [];
  let fence: string | null = null;
  for (const line of text.split("\n")) {
    const mark: string | undefined = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === null && mark === undefined) out.push(line);
    else if (fence === null) {
      fence = mark ?? null;
      out.push("");
    } else if (mark?.startsWith(fence) && /^ {0,3}\S+\s*$/.test(line) && line.trim() === mark) fence = null;
  }
  return out.join("\n");
}

const SPAN = /^\d{1,3}[hd]$/;
const POLITE = /^(?:please|pls|now|thanks|thank|you)[,.!]*$/i;
/** Arguments of any number of words. */
const FREE = new Set(["note", "reason", "target", "pipeline"]);
const PLACES = new Set(["N", "M", "PR", "ISSUE", "TASK"]);
/** Words that stand for the finding of the thread or issue they are said in. */
const HERE = /^(?:this|it)[.:]?$/i;

/** Whether a command's only argument is a word for the finding at hand. */
export const meansHere = (args: readonly string[]): boolean => args.length === 1 && HERE.test(args[0] ?? "");

/**
 * The words behind a command's name that are none of its arguments, by its usage line; null when all are.
 * @param place `here`: a finding is at hand, so its number may be left out. `talk`: it is said among people, where
 *   words are a free note only behind a number, and a time or a choice has to be one.
 */
export function misfit(
  usage: string,
  args: readonly string[],
  isRef: (word: string) => boolean,
  place: { here: boolean; talk: boolean },
): string | null {
  let at = 0;
  const parts = usage.split(" ").slice(1);
  let named = !parts.some((part) => PLACES.has(part));
  for (const part of parts) {
    const word = args[at];
    const token = part.replace(/[[\]]/g, "");
    if (word === undefined) break;
    if (token.startsWith("--")) continue;
    if (PLACES.has(token)) {
      // a task has any name, which nobody says by chance where a command is typed
      if (isRef(word) || (token === "TASK" && !place.talk)) named = true;
      else if (place.here && !named && !meansHere(args)) continue;
      else if (!place.here || named) break;
      at += 1;
    } else if (FREE.has(token)) {
      if (named || !place.talk || !part.startsWith("[")) at = args.length;
    } else if (!place.talk || fits(token, word)) at += 1;
  }
  const left = args.slice(at);
  return left.every((word) => POLITE.test(word)) ? null : left.join(" ");
}

function fits(token: string, word: string): boolean {
  if (token === "7d") return SPAN.test(word);
  return token.includes("|") ? token.split("|").includes(word.toLowerCase()) : true;
}

/** The known word nearest to what was typed, when it is near enough to be meant. */
export function nearest(word: string, known: readonly string[]): string | null {
  let best: { name: string; distance: number } | null = null;
  for (const name of known) {
    const distance = editDistance(word, name);
    if (best === null || distance < best.distance) best = { name, distance };
  }
  return best !== null && best.distance <= Math.max(2, Math.floor(word.length / 3)) ? best.name : null;
}

/** Letters to change, add or take away to come from one word to the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
