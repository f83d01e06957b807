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

/** Commands in a GitHub comment: lines that begin with `/flaky` or `/ai-fix`, outside code, quotes and what is hidden. */
export function commandsInComment(body: string): string[] {
  const found: string[] = [];
  let fenced = false;
  const shown = body.replaceAll("\r\n", "\n").replace(/<!--[\s\S]*?-->/g, "");
  for (const line of shown.split("\n")) {
    if (/^\s*(```|~~~)/.test(line)) fenced = !fenced;
    const match = fenced ? null : COMMENT_COMMAND.exec(line);
    if (match === null) continue;
    const words = (match[2] ?? "").trim();
    found.push(match[1] === "ai-fix" ? `approve ${words}`.trim() : words);
  }
  return found;
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
